package dev.sluice.ranks;

/// One reading of a rank's part in its group, for people.
///
/// @param rank who it is
/// @param size how many there are
/// @param messages how many it has sent, those of collective operations included
/// @param bytes how many were in them
public record GroupStatistics(int rank, int size, long messages, long bytes) {}
