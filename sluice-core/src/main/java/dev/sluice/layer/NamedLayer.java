package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.io.IOException;

/// A layer of a function.
record NamedLayer(String name, int osi, Over does) implements Layer {
    @Override
    public Connection over(Connection lower) throws IOException {
        return does.over(lower);
    }

    @Override
    public String toString() {
        return name;
    }
}
