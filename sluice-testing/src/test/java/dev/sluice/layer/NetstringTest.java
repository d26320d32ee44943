package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.util.List;

class NetstringTest extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.netstring().withLimit(limit());
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return (payload.length + ":" + new String(payload, US_ASCII) + ",").getBytes(US_ASCII);
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(
                hostile("99999999999999999999", Problem.TOO_LARGE, "length so far=999, expected at most 100"),
                hostile("101:", Problem.TOO_LARGE, "length so far=101, expected at most 100"),
                hostile("x", Problem.MALFORMED, "found=0x78, expected a digit"),
                hostile(":", Problem.MALFORMED, "found=0x3a, expected a digit"),
                hostile("01:a,", Problem.MALFORMED, "found=0x31, expected a digit or ':', no leading zero"),
                hostile("3:abc;", Problem.MALFORMED, "found=0x3b, expected ',' behind the payload"));
    }

    private static Hostile hostile(String bytes, Problem problem, String message) {
        return new Hostile(bytes.getBytes(US_ASCII), problem, message);
    }
}
