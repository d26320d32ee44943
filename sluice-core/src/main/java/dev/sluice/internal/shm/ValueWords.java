package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/// A value of limited size between processes: two copies, and a word that says which of them is it.
///
///     word: 63 … 28 version | 27 … 0 who writes the next one, or 0
///     own:  | length | bytes, up to the limit | length | bytes … |         the copy of version v is number v mod 2
///
///     v, 0 ──claim──▶ v, me ──commit──▶ v+1, 0
///                        └──the writer dies──▶ v, 0
///
/// A writer changes the copy that is not the value; so readers never wait, and a writer that dies half way has
/// changed nothing. A reader that was so slow that its copy was written again sees another version, and reads
/// again.
///
/// Threads: any.
final class ValueWords extends SharedWords {
    private static final long OWNER = (1L << Participants.STAMP_BITS) - 1;
    private static final int VERSION = Participants.STAMP_BITS;
    private static final long LAST_VERSION = (1L << (Long.SIZE - VERSION)) - 2;
    private static final int MOST = 1 << 26;

    private final int limit;
    private final ReentrantLock writing = new ReentrantLock(); // strands only; held without a wait

    /// @param base where it begins in the file
    ValueWords(String name, SharedFile file, long base) {
        super(name, file, base);
        this.limit = (int) file.header().limits().p0();
    }

    /// What a value looks like that begins as `first`, its version 1.
    private static final class Made implements SharedFile.Layout {
        private final byte[] first;

        Made(byte[] first) {
            this.first = first;
        }

        @Override
        public long bodyBytes(FileHeader.Limits limits) {
            return OWN + 2 * copyBytes(checked(limits.p0()));
        }

        @Override
        public void initialise(SharedMapping memory, long body, FileHeader.Limits limits) {
            long copy = body + OWN + copyBytes(limits.p0());
            memory.putInt(copy, first.length);
            memory.write(first, 0, copy + Integer.BYTES, first.length);
            memory.putLong(body + WORD, 1L << VERSION);
        }
    }

    private static long checked(long bytes) {
        if (bytes < 1 || bytes > MOST) {
            throw new IllegalArgumentException("value: bytes=" + bytes + ", expected 1.." + MOST);
        }
        return bytes;
    }

    private static long copyBytes(long limit) {
        return (Integer.BYTES + limit + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }

    static ValueWords open(SharedDirectory directory, String name, int limit, byte[] first) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.VALUE,
                new FileHeader.Limits(checked(limit), 0, 0, 0),
                new Made(first),
                file -> new ValueWords(name, file, file.body()));
    }

    /// How large it may be.
    int limit() {
        return limit;
    }

    /// One reading.
    interface Reading<T> {
        T of(byte[] bytes, long version);
    }

    <T> T read(Reading<T> reading) {
        return mapped(() -> {
            while (true) {
                long version = word() >>> VERSION;
                byte[] bytes = copy(version);
                VarHandle.loadLoadFence(); // the copy before the word again; pairs with the claim in set
                if (word() >>> VERSION == version) {
                    return reading.of(bytes, version);
                }
            }
        });
    }

    private byte[] copy(long version) {
        long copy = copyAt(version);
        int length = Math.clamp(mapping().getInt(copy), 0, limit); // half written, it is read again
        byte[] bytes = new byte[length];
        mapping().read(copy + Integer.BYTES, bytes, 0, length);
        return bytes;
    }

    private long copyAt(long version) {
        return at(OWN) + (version & 1) * copyBytes(limit);
    }

    /// @param expected a version, or 0 for any
    /// @return the version; 0 if it is another than expected
    long set(byte[] bytes, long expected) {
        assert bytes.length <= limit : bytes.length;
        while (true) {
            long made = write(bytes, expected);
            if (made >= 0) {
                return made;
            }
            long busy = mapped(this::word);
            if ((busy & OWNER) != 0) {
                await(() -> word() != busy);
            }
        }
    }

    /// Writes while this opening stays.
    ///
    /// @return as [#set]; -1 if another writer is writing
    long write(byte[] bytes, long expected) {
        writing.lock();
        try {
            return mapped(() -> trySet(bytes, expected));
        } finally {
            writing.unlock();
        }
    }

    /// Waits for who writes right now: when our stamp is released, somebody else may write that copy.
    @Override
    void closing() {
        writing.lock();
        try {
            assert isClosed() : "another write may begin";
        } finally {
            writing.unlock();
        }
    }

    /// @return as [#set]; -1 if another writer is writing
    private long trySet(byte[] bytes, long expected) {
        long now = word();
        long version = now >>> VERSION;
        if (expected != 0 && expected != version) {
            return 0;
        }
        if (version == LAST_VERSION) {
            throw new SpaceException(
                    Problem.FULL,
                    "set " + this + ": version=" + version + ", expected one that leaves room for the next");
        }
        int owner = (int) (now & OWNER);
        if (owner != 0) {
            if (participants().dead(owner)) {
                replace(now, version << VERSION);
            }
            return -1;
        }
        long claimed = now | participants().stamp();
        if (!replace(now, claimed)) {
            return -1;
        }
        Steps.at("value.claimed");
        long copy = copyAt(version + 1);
        mapping().putInt(copy, bytes.length);
        Steps.at("value.length");
        mapping().write(bytes, 0, copy + Integer.BYTES, bytes.length);
        Steps.at("value.written");
        boolean mine = replace(claimed, version + 1 << VERSION);
        assert mine : "a living writer was taken for dead";
        Steps.at("value.committed");
        ring();
        return version + 1;
    }

    /// Suspends until it has another version.
    void awaitOther(long version) {
        await(() -> word() >>> VERSION != version);
    }

    @Override
    void releaseBuried() {
        long now = word();
        int owner = (int) (now & OWNER);
        if (owner != 0 && participants().buried(owner) && replace(now, now & ~OWNER)) {
            ring();
        }
    }
}
