package dev.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Counts of entries take one byte up to 23, and two beyond: what a record leaves out may change that.
class WideRecordTest {
    record Wide(
            OptionalInt a,
            OptionalInt b,
            OptionalInt c,
            OptionalInt d,
            OptionalInt e,
            OptionalInt f,
            OptionalInt g,
            OptionalInt h,
            OptionalInt i,
            OptionalInt j,
            OptionalInt k,
            OptionalInt l,
            OptionalInt m,
            OptionalInt n,
            OptionalInt o,
            OptionalInt p,
            OptionalInt q,
            OptionalInt r,
            OptionalInt s,
            OptionalInt t,
            OptionalInt u,
            OptionalInt v,
            OptionalInt w,
            OptionalInt x,
            OptionalInt y,
            OptionalInt z) {}

    private static Wide with(int present) {
        OptionalInt[] all = new OptionalInt[26];
        for (int i = 0; i < 26; i++) {
            all[i] = i < present ? OptionalInt.of(i) : OptionalInt.empty();
        }
        return new Wide(
                all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], all[10], all[11],
                all[12], all[13], all[14], all[15], all[16], all[17], all[18], all[19], all[20], all[21], all[22],
                all[23], all[24], all[25]);
    }

    @Test
    void countsOfAnySizeComeBack() {
        Codec<Wide> codec = Cbor.of(Wide.class);
        for (int present = 0; present <= 26; present++) {
            byte[] bytes = codec.encode(with(present));
            int head = present <= 23 ? 1 : 2;
            int longer = Math.max(0, present - 24); // values from 24 on take two bytes
            assertThat(bytes).hasSize(head + present * 3 + longer);
            assertThat(bytes[0] & 0xff).isEqualTo(present <= 23 ? 0xa0 + present : 0xb8);
            assertThat(codec.decode(bytes)).isEqualTo(with(present));
        }
    }
}
