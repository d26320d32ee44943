package dev.sluice.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Inputs that are nearly right: what is right, with some of the mistakes that hit parsers: bits that are
/// flipped, lengths that are too large, parts that are missing, come twice or come from elsewhere.
final class Mutations {
    private static final int[] TELLING = {0, 1, 0x7f, 0x80, 0xff};
    private static final int[] TELLING_INTS = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 16, 1 << 20, 0xffff};
    private static final int LONGEST = 20_000; // less than a connection of memory holds

    private final List<byte[]> seeds;
    private final RandomGenerator random;

    Mutations(List<byte[]> seeds, RandomGenerator random) {
        this.seeds = seeds;
        this.random = random;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size())).clone();
    }

    byte[] next() {
        byte[] input = seed();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            input = mutate(input);
        }
        return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
    }

    private byte[] mutate(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int to = at + random.nextInt(input.length - at + 1);
        int which = input.length == 0 ? 4 : random.nextInt(8);
        switch (which) {
            case 0 -> input[at % input.length] ^= (byte) (1 << random.nextInt(8));
            case 1 -> input[at % input.length] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 2 -> {
                int value = TELLING_INTS[random.nextInt(TELLING_INTS.length)];
                for (int i = 0; i < 4 && at + i < input.length; i++) {
                    input[at + i] = (byte) (value >>> (24 - 8 * i));
                }
            }
            case 3 -> {
                return joined(input, at, new byte[0], input, to); // without a part
            }
            case 4 -> {
                byte[] noise = new byte[random.nextInt(20)];
                random.nextBytes(noise);
                return joined(input, at, noise, input, at);
            }
            case 5 -> {
                return joined(input, to, new byte[0], input, at); // a part twice
            }
            case 6 -> {
                byte[] other = seed();
                return joined(input, at, new byte[0], other, random.nextInt(other.length + 1));
            }
            default -> {
                return Arrays.copyOf(input, at);
            }
        }
        return input;
    }

    /// The first bytes of one, all of another, the last bytes of a third.
    private static byte[] joined(byte[] head, int until, byte[] middle, byte[] tail, int from) {
        byte[] all = Arrays.copyOf(head, until + middle.length + tail.length - from);
        System.arraycopy(middle, 0, all, until, middle.length);
        System.arraycopy(tail, from, all, until + middle.length, tail.length - from);
        return all;
    }
}
