package shop;

import java.io.FileReader;
import java.net.Socket;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Crashes in the way that the first argument names; each crashing line carries a mark. */
public class Crash {
    static class Basket {
        String owner;
        List<String> items = new ArrayList<>();
    }

    static Object nullCall(Basket basket) {
        return basket.owner.length(); // crash: null-call
    }

    static Object unboxed(Map<String, Integer> prices) {
        int price = prices.get("pears"); // crash: unboxed
        return price;
    }

    static Object index(int[] rows) {
        int sum = 0;
        for (int i = 0; i <= rows.length; i++) {
            sum += rows[i]; // crash: index
        }
        return sum;
    }

    static Object listIndex(Basket basket) {
        return basket.items.get(3); // crash: list-index
    }

    static Object cast(Object value) {
        return (Integer) value; // crash: cast
    }

    static Object number() {
        return Integer.parseInt("eighty"); // crash: number
    }

    static Object division(int count) {
        return 10 / count; // crash: division
    }

    static Object date() {
        return LocalDate.parse("31.02.2024"); // crash: date
    }

    static Object missingClass() throws Exception {
        return Class.forName("org.nobody.PriceList"); // crash: missing-class
    }

    static Object missingFile() throws Exception {
        return new FileReader("/srv/desk/prices.csv"); // crash: missing-file
    }

    static Object refused() throws Exception {
        return new Socket("127.0.0.1", 1); // crash: refused
    }

    static Object changed(List<String> items) {
        for (String item : items) { // crash: changed
            items.remove(item);
        }
        return items;
    }

    static Object noElement(Iterator<String> items) {
        return items.next(); // crash: no-element
    }

    static Object emptyOptional() {
        return Optional.empty().get(); // crash: empty-optional
    }

    static Object immutable() {
        List.of("apples").add("pears"); // crash: immutable
        return null;
    }

    static Object recursion(int depth) {
        return recursion(depth + 1); // crash: recursion
    }

    static Object state(Iterator<String> items) {
        items.remove(); // crash: state
        return null;
    }

    static Object assertion(int total) {
        assert total == 4 : "the total is wrong"; // crash: assertion
        return total;
    }

    static Object memory() {
        return new long[Integer.MAX_VALUE / 2]; // crash: memory
    }

    static Object caused() {
        try {
            return number();
        } catch (NumberFormatException error) {
            throw new IllegalStateException("no price for the basket", error);
        }
    }

    static class Till implements AutoCloseable {
        @Override
        public void close() {
            throw new IllegalStateException("the till does not close");
        }
    }

    static Object suppressed() {
        try (Till till = new Till()) {
            return division(0);
        }
    }

    static Object thread() throws Exception {
        Thread worker = new Thread(() -> nullCall(new Basket()), "pricing");
        worker.start();
        worker.join();
        return null;
    }

    static Object deadlock() throws Exception {
        Object left = new Object();
        Object right = new Object();
        Thread first = new Thread(() -> both(left, right), "first");
        Thread second = new Thread(() -> both(right, left), "second");
        first.start();
        second.start();
        first.join();
        return null;
    }

    static void both(Object one, Object other) {
        synchronized (one) {
            try {
                Thread.sleep(300);
            } catch (InterruptedException error) {
                throw new IllegalStateException(error);
            }
            synchronized (other) {
                System.out.println("both"); // crash: deadlock
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Callable<Object>> ways = new HashMap<>();
        ways.put("null-call", () -> nullCall(new Basket()));
        ways.put("unboxed", () -> unboxed(new HashMap<>()));
        ways.put("index", () -> index(new int[2]));
        ways.put("list-index", () -> listIndex(new Basket()));
        ways.put("cast", () -> cast("eighty"));
        ways.put("number", Crash::number);
        ways.put("division", () -> division(0));
        ways.put("date", Crash::date);
        ways.put("missing-class", Crash::missingClass);
        ways.put("missing-file", Crash::missingFile);
        ways.put("refused", Crash::refused);
        ways.put("changed", () -> changed(new ArrayList<>(List.of("a", "b", "c"))));
        ways.put("no-element", () -> noElement(new ArrayList<String>().iterator()));
        ways.put("empty-optional", Crash::emptyOptional);
        ways.put("immutable", Crash::immutable);
        ways.put("recursion", () -> recursion(0));
        ways.put("state", () -> state(new ArrayList<>(List.of("a")).iterator()));
        ways.put("assertion", () -> assertion(5));
        ways.put("memory", Crash::memory);
        ways.put("caused", Crash::caused);
        ways.put("suppressed", Crash::suppressed);
        ways.put("thread", Crash::thread);
        ways.put("deadlock", Crash::deadlock);
        ways.get(arguments[0]).call();
    }
}
