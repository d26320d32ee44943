package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemSplitterTest {
    @Test
    void everyDelimiterEndsAnItemAnEmptyOneToo() {
        assertThat(texts(split("a\n\nb c\n", '\n', 64))).containsExactly("a", "", "b c");
    }

    @Test
    void bytesBehindTheLastDelimiterAreAnItem() {
        assertThat(texts(split("a\nb", '\n', 64))).containsExactly("a", "b");
    }

    @Test
    void nothingIsNoItem() {
        assertThat(split("", '\n', 64)).isEmpty();
    }

    @Test
    void withNulAsDelimiterNewlinesBelongToItems() {
        assertThat(texts(split("a\nb\0 \t'\"\0", '\0', 64))).containsExactly("a\nb", " \t'\"");
    }

    @Test
    void nothingIsStripped() {
        assertThat(texts(split(" a \r\n\t\n", '\n', 64))).containsExactly(" a \r", "\t");
    }

    @Test
    void itemsAreNumberedFromOne() {
        assertThat(split("a\nb\nc", '\n', 2)).extracting(Item::seq).containsExactly(1L, 2L, 3L);
    }

    @Test
    void bytesThatAreNoTextStayAsTheyAre() {
        byte[] input = {(byte) 0xff, 0, (byte) 0xc3, '\n', (byte) 0x80};
        List<Item> items = split(input, '\n', 1);
        assertThat(items.get(0).bytes()).isEqualTo(new byte[] {(byte) 0xff, 0, (byte) 0xc3});
        assertThat(items.get(1).bytes()).isEqualTo(new byte[] {(byte) 0x80});
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 1000})
    void anItemThatIsTooLongIsCutMarkedAndDoesNotHideTheNext(int block) {
        var splitter = new ItemSplitter((byte) '\n', 100);
        String longest = "x".repeat(100);
        List<Item> items = split((longest + "\n" + longest + "y\nz").getBytes(UTF_8), splitter, block);
        assertThat(items).extracting(Item::tooLong).containsExactly(false, true, false);
        assertThat(items.get(0).bytes()).hasSize(100);
        assertThat(items.get(1).bytes().length).isLessThanOrEqualTo(256).isPositive();
        assertThat(texts(items).getLast()).isEqualTo("z");
    }

    @Test
    void blocksOfAnySizeGiveTheSameItems() {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] input = new byte[random.nextInt(200)];
            for (int i = 0; i < input.length; i++) {
                input[i] = random.nextInt(4) == 0 ? (byte) '\n' : (byte) random.nextInt(256);
            }
            List<byte[]> whole =
                    split(input, '\n', 1000).stream().map(Item::bytes).toList();
            int block = 1 + random.nextInt(10);
            List<byte[]> pieces =
                    split(input, '\n', block).stream().map(Item::bytes).toList();
            assertThat(pieces.toArray(byte[][]::new))
                    .as("seed=%d round=%d", seed, round)
                    .isDeepEqualTo(whole.toArray(byte[][]::new));
        }
    }

    private static List<Item> split(String input, char delimiter, int block) {
        return split(input.getBytes(UTF_8), delimiter, block);
    }

    private static List<Item> split(byte[] input, char delimiter, int block) {
        return split(input, new ItemSplitter((byte) delimiter), block);
    }

    private static List<Item> split(byte[] input, ItemSplitter splitter, int block) {
        List<Item> items = new ArrayList<>();
        for (int at = 0; at < input.length; at += block) {
            int length = Math.min(block, input.length - at);
            splitter.feed(Arrays.copyOfRange(input, at, at + length), length);
            for (Item item = splitter.next(); item != null; item = splitter.next()) {
                items.add(item);
            }
        }
        Item last = splitter.last();
        if (last != null) {
            items.add(last);
        }
        return items;
    }

    private static List<String> texts(List<Item> items) {
        return items.stream().map(item -> new String(item.bytes(), UTF_8)).toList();
    }
}
