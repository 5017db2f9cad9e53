package shop;

public class Labels {
    static String join(String[] words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= words.length; i++) {
            text.append(words[i]).append(' ');
        }
        return text.toString().trim();
    }

    public static void main(String[] args) {
        System.out.println(join(new String[] {"green", "tea", "200", "g"}));
    }
}
