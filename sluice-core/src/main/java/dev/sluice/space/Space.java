package dev.sluice.space;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.net.Connection;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.space.sync.SharedEvent;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.space.sync.SharedSemaphore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where named shared objects live, at one of several distances, which its address says.
///
/// ```java
/// try (Space space = Space.open("shm:orders")) {
///     Queue<Job> jobs = space.queue("jobs", Job.class);
///     jobs.put(job);
///     Namespace settings = space.namespace("settings");
///     settings.put("rate", 3);
/// }
/// ```
///
/// | address | members are |
/// |---|---|
/// | `local:NAME` | tasks and threads of this process; gone when nobody has it open |
/// | `local:` | the same, for those who are handed the space: each opening makes a new one |
/// | `shm:NAME` | processes of this machine and of one user, through shared memory |
///
/// An object is made by the first who opens its name, with the options that it gives; whoever opens it later
/// gets it as it is. A name is one object: opening it as another kind is refused. Names, of spaces too, have 1
/// to 64 characters, `A-Z a-z 0-9 . _ -`, the first of them no dot and no dash.
///
/// Closing a space ends what this opening of it holds: leases and locks return, ephemeral keys vanish, what
/// waits here ends with `CLOSED`. What others hold, and what was put, stays.
///
/// Opening and closing may block for a moment; so may the first use of an object. Everything that waits
/// suspends the caller only.
///
/// Threads: any.
public interface Space extends AutoCloseable {
    /// Opens a space, and makes it if nobody has.
    ///
    /// @param address `local:NAME`, `shm:NAME`, or what a [SpaceProvider] on the class or module path knows
    /// @throws SpaceException if that is not possible: `UNAVAILABLE`, `REFUSED`, `BUSY`
    /// @throws IllegalArgumentException if nobody knows such addresses, or it is malformed
    static Space open(String address) {
        return Providers.open(address);
    }

    /// The address that it was opened by.
    String address();

    /// What this distance can do.
    Capabilities capabilities();

    /// A queue of values as CBOR, with default options.
    default <T> Queue<T> queue(String name, Class<T> type) {
        return queue(name, Cbor.of(type), Queue.Options.defaults());
    }

    /// A queue.
    ///
    /// @param codec what all members use for this queue
    /// @param options what it is made with, if nobody has made it
    /// @throws SpaceException `MISMATCH` if the name is another object's
    <T> Queue<T> queue(String name, Codec<T> codec, Queue.Options options);

    /// One end of a pipe for values as CBOR, with default options.
    default <T> Pipe<T> pipe(String name, Class<T> type) {
        return pipe(name, Cbor.of(type), Pipe.Options.defaults());
    }

    /// One end of a pipe: the first who asks gets one, the second the other.
    ///
    /// @throws SpaceException `BUSY` if both ends are held; `MISMATCH` as [#queue]
    <T> Pipe<T> pipe(String name, Codec<T> codec, Pipe.Options options);

    /// One end of a pipe of bytes, with default options.
    ///
    /// @throws SpaceException as [#pipe]
    default Connection connection(String name) {
        return connection(name, Pipe.Options.defaults());
    }

    /// One end of a pipe of bytes: the first who asks gets one, the second the other.
    ///
    /// It is a stream as any other, for layers, framings and sessions. What is written before the other end is
    /// there waits for it, and so does the writer when the pipe is full. An end whose process dies has reset
    /// it: the other one reads what was written before, and then gets a [dev.sluice.net.NetException] that says
    /// so.
    ///
    /// In the space it is a pipe with [Codec#raw]: the other end may be one, and gets pieces of up to 64 KiB.
    ///
    /// @param options how many bytes are under way in each direction, with 4 to 11 more for each piece
    /// @throws SpaceException as [#pipe]
    Connection connection(String name, Pipe.Options options);

    /// A topic for values as CBOR, with default options.
    default <T> Topic<T> topic(String name, Class<T> type) {
        return topic(name, Cbor.of(type), Topic.Options.defaults());
    }

    /// A topic.
    ///
    /// @throws SpaceException `MISMATCH` as [#queue]
    <T> Topic<T> topic(String name, Codec<T> codec, Topic.Options options);

    /// A namespace with default options.
    default Namespace namespace(String name) {
        return namespace(name, Namespace.Options.defaults());
    }

    /// A namespace.
    ///
    /// @throws SpaceException `MISMATCH` as [#queue]
    Namespace namespace(String name, Namespace.Options options);

    /// A value as CBOR of up to 1 KiB.
    ///
    /// @param initial what it is, if nobody has made it
    default <T> Value<T> value(String name, Class<T> type, T initial) {
        return value(name, Cbor.of(type), initial, Value.Options.defaults());
    }

    /// A value.
    ///
    /// @param initial what it is, if nobody has made it
    /// @throws SpaceException `MISMATCH` as [#queue]
    <T> Value<T> value(String name, Codec<T> codec, T initial, Value.Options options);

    /// An array of 64-bit numbers, all zero if nobody has made it.
    ///
    /// @param length 1 to 2^27 - 1
    /// @throws SpaceException `MISMATCH` also if it has another length
    Array array(String name, int length);

    /// A lock.
    SharedLock lock(String name);

    /// A lock for readers and writers.
    SharedReadWriteLock readWriteLock(String name);

    /// Permits.
    ///
    /// @param permits 1 to 4096
    /// @throws SpaceException `MISMATCH` also if it has another number of them
    SharedSemaphore semaphore(String name, int permits);

    /// An event, which has not happened if nobody has made it.
    SharedEvent event(String name);

    /// A barrier.
    ///
    /// @param parties 1 to 4096
    /// @throws SpaceException `MISMATCH` also if it has another number of them
    SharedBarrier barrier(String name, int parties);

    /// A condition.
    SharedCondition condition(String name);

    /// A counter, zero if nobody has made it.
    SharedCounter counter(String name);

    /// The objects that there are, by name.
    List<Item> list();

    /// Takes an object away. Who has it open may go on with it; who opens the name later makes a new one.
    ///
    /// @return whether there was one
    boolean remove(String name);

    /// Ends this opening. Again it does nothing.
    @Override
    void close();

    /// What objects there are.
    enum Kind {
        QUEUE,
        PIPE,
        TOPIC,
        NAMESPACE,
        VALUE,
        ARRAY,
        LOCK,
        READ_WRITE_LOCK,
        SEMAPHORE,
        EVENT,
        BARRIER,
        CONDITION,
        COUNTER,
        /// a group of ranks, see [dev.sluice.ranks.Group#join]
        RANKS
    }

    /// One object of a space.
    record Item(String name, Kind kind) {}

    /// How far the members of a space are from each other.
    enum Distance {
        /// one process
        PROCESS,
        /// processes of one machine
        MACHINE,
        /// machines that a network connects
        NETWORK
    }

    /// What a distance can do, for programs that have to know. The contract of the objects does not depend on
    /// it otherwise.
    ///
    /// @param distance how far the members are from each other
    /// @param durable whether what was put outlives all who have the space open
    /// @param leaseLimit after what time of silence a holder counts as dead, if silence can count; empty where
    ///     deaths are known
    /// @param sharedMemory whether [Array#memory] is there
    /// @param largestItem how many bytes the options of an object may allow for one item
    record Capabilities(
            Distance distance, boolean durable, Optional<Duration> leaseLimit, boolean sharedMemory, int largestItem) {}
}
