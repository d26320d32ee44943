package dev.sluice.channel;

/// One reading of a channel.
///
/// @param name what messages call it
/// @param capacity how many values it can hold; 0 for a rendezvous, [Integer#MAX_VALUE] for no limit
/// @param buffered how many it holds
/// @param waitingSenders senders that wait for room or a receiver
/// @param waitingReceivers receivers that wait for a value
/// @param sent values handed over or buffered since the start
/// @param dropped values given up for newer ones, or by a cancel
/// @param closed whether it takes no more values
public record ChannelStatistics(
        String name,
        int capacity,
        int buffered,
        int waitingSenders,
        int waitingReceivers,
        long sent,
        long dropped,
        boolean closed) {}
