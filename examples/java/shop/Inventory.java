package shop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

public class Inventory {
    record Item(String name, int count) {}

    private final Map<String, Integer> counts = new HashMap<>();

    void add(Item item) {
        String key = item.name().toLowerCase();
        counts.merge(key, item.count(), Integer::sum);
    }

    void load(List<Item> items) {
        for (Item item : items) {
            try {
                add(item);
            } catch (RuntimeException e) {
                throw new IllegalStateException("inventory could not be loaded", e);
            }
        }
    }

    public static void main(String[] args) {
        new Inventory().load(List.of(new Item("Tea", 4), new Item(null, 2)));
    }
}
