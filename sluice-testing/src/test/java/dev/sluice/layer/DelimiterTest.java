package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.util.List;

class DelimiterTest extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.delimiter("--+".getBytes(US_ASCII)).withLimit(limit());
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return (new String(payload, US_ASCII) + "--+").getBytes(US_ASCII);
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(new Hostile(
                "-".repeat(103).getBytes(US_ASCII), Problem.TOO_LARGE, "length so far=101, expected at most 100"));
    }
}
