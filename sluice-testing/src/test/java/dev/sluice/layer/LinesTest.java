package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.util.List;

class LinesTest extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.lines().withLimit(limit());
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return (new String(payload, US_ASCII) + "\n").getBytes(US_ASCII);
    }

    @Override
    protected boolean endsWithStream() {
        return true;
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(
                new Hostile(
                        "a".repeat(101).getBytes(US_ASCII),
                        Problem.TOO_LARGE,
                        "length so far=101, expected at most 100"),
                new Hostile(
                        ("a".repeat(101) + "\n").getBytes(US_ASCII),
                        Problem.TOO_LARGE,
                        "length=101, expected at most 100"));
    }
}
