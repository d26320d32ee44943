package dev.sluice.layer;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class CapturedTest extends LayerContract {
    @TempDir
    Path folder;

    @Override
    Layer layer() throws IOException {
        return Capture.create(folder.resolve("all.pcapng"), 1 << 20).at("bytes"); // most goes on uncaptured
    }
}
