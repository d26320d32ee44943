package dev.sluice.cli.map;

import java.time.Instant;
import java.util.List;

/// One attempt of an item, as the joblog tells it.
///
/// @param item what it was run for
/// @param command the program and its arguments
/// @param start wall-clock time
/// @param nanos how long it took
/// @param received bytes of its standard output
/// @param ending how it ended
record JobRecord(Item item, List<byte[]> command, Instant start, long nanos, long received, Ending ending) {}
