package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.time.Duration;
import java.util.List;

/// What has passed a layer of a stack so far, as the layer above it sees it.
///
/// @param osi its number in the OSI model
/// @param name what it is, and for the lowest one, between which ends
/// @param in what was taken from it
/// @param out what was handed to it
/// @param waited how long readers waited for the layers below; zero where nobody measures it
public record LayerStatistics(int osi, String name, Flow in, Flow out, Duration waited) {
    /// One direction.
    ///
    /// @param bytes of payload
    /// @param messages frames or messages; 0 where there are only bytes
    public record Flow(long bytes, long messages) {}

    /// A layer that only knows bytes.
    static LayerStatistics of(int osi, String name, Connection.Statistics passed) {
        return new LayerStatistics(
                osi, name, new Flow(passed.bytesRead(), 0), new Flow(passed.bytesWritten(), 0), Duration.ZERO);
    }

    /// A table for people.
    ///
    /// @param layers from the top down
    public static String table(List<LayerStatistics> layers) {
        return LayerTable.print(layers);
    }
}
