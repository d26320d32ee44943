package dev.sluice.internal.linux;

/// Memory for several datagrams, and the calls that move all of them at once: `recvmmsg(2)`, `sendmmsg(2)`.
///
/// `struct mmsghdr` of `sys/socket.h`, one for each place; `struct iovec`, the address and the bytes stand
/// behind all of them
///
///     0      8             16    24        32        40            48      56       60   64
///     | name | name length | iov | iov = 1 | control | its length  | flags | length |    |
///
/// Threads: one at a time.
public final class MessageBatch implements DatagramBatch {
    private static final int NAME_LENGTH = 8;
    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int FLAGS = 48;
    private static final int LENGTH = 56;
    private static final int HEADER_BYTES = 64;
    private static final int IOV_BYTES = 16;
    private static final int NAME_BYTES = 128;
    private static final int MSG_TRUNC = 0x20;

    private static final long IOVS = (long) PLACES * HEADER_BYTES;
    private static final long NAMES = IOVS + (long) PLACES * IOV_BYTES;
    private static final long DATA = NAMES + (long) PLACES * NAME_BYTES;
    private static final long TOTAL = DATA + (long) PLACES * BYTES;

    static {
        assert LENGTH + 2 * Integer.BYTES == HEADER_BYTES && NAME_BYTES >= SocketAddresses.MAX_BYTES;
    }

    private final CallState state;
    private final long memory = Memory.allocate(TOTAL); // untouched pages cost nothing

    /// @param state for all its calls
    public MessageBatch(CallState state) {
        this.state = state;
        for (int i = 0; i < PLACES; i++) {
            Memory.putLong(header(i) + IOV, iov(i));
            Memory.putLong(header(i) + IOV_COUNT, 1);
            Memory.putLong(iov(i), data(i));
        }
    }

    private long header(int place) {
        assert place >= 0 && place < PLACES : "place=" + place;
        return memory + (long) place * HEADER_BYTES;
    }

    private long iov(int place) {
        return memory + IOVS + (long) place * IOV_BYTES;
    }

    private long name(int place) {
        return memory + NAMES + (long) place * NAME_BYTES;
    }

    private long data(int place) {
        return memory + DATA + (long) place * BYTES;
    }

    @Override
    public int receive(int fd, int most) {
        for (int i = 0; i < most; i++) {
            Memory.putLong(header(i), name(i));
            Memory.putInt(header(i) + NAME_LENGTH, NAME_BYTES);
            Memory.putLong(iov(i) + Long.BYTES, BYTES);
        }
        return (int) Native.call(state, SystemCall.RECVMMSG, fd, memory, most, Socket.MSG_DONTWAIT, 0, 0);
    }

    @Override
    public int send(int fd, int count) {
        int flags = Socket.MSG_DONTWAIT | Socket.MSG_NOSIGNAL;
        return (int) Native.call(state, SystemCall.SENDMMSG, fd, memory, count, flags, 0, 0);
    }

    @Override
    public void put(int place, byte[] address, byte[] bytes) {
        Memory.copy(address, 0, name(place), address.length);
        Memory.putLong(header(place), address.length == 0 ? 0 : name(place));
        Memory.putInt(header(place) + NAME_LENGTH, address.length);
        Memory.copy(bytes, 0, data(place), bytes.length);
        Memory.putLong(iov(place) + Long.BYTES, bytes.length);
    }

    @Override
    public byte[] bytes(int place) {
        byte[] bytes = new byte[Math.min(BYTES, Memory.getInt(header(place) + LENGTH))];
        Memory.copy(data(place), bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public boolean isTruncated(int place) {
        return (Memory.getInt(header(place) + FLAGS) & MSG_TRUNC) != 0;
    }

    @Override
    public byte[] address(int place) {
        byte[] address = new byte[Memory.getInt(header(place) + NAME_LENGTH)];
        Memory.copy(name(place), address, 0, address.length);
        return address;
    }

    @Override
    public void free() {
        Memory.free(memory);
    }
}
