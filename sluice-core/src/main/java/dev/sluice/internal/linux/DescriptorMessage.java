package dev.sluice.internal.linux;

/// A message of a Unix stream that brings descriptors along: `sendmsg(2)` and `recvmsg(2)` with `SCM_RIGHTS`.
///
/// `struct msghdr` and `struct cmsghdr` of `sys/socket.h`, one `struct iovec`, and the bytes
///
///     0      8             16    24        32        40               48      56  64     80        1112
///     | name | name length | iov | iov = 1 | control | control length | flags |   | iov  | control | bytes
///
///     control: 0        8            12           16
///              | length | SOL_SOCKET | SCM_RIGHTS | descriptors, 4 bytes each
///
/// Threads: one at a time.
public final class DescriptorMessage {
    /// How many descriptors one message brings at most (`SCM_MAX_FD`).
    public static final int MOST = 253;

    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 8;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int IOV_AT = 64;
    private static final int CONTROL_AT = 80;
    private static final int LEVEL = 8;
    private static final int TYPE = 12;
    private static final int DATA = 16;
    private static final int BYTES_AT = 1112;

    static {
        assert BYTES_AT >= CONTROL_AT + DATA + MOST * Integer.BYTES && BYTES_AT % Long.BYTES == 0;
    }

    private final long memory;

    /// @param bytes how many there is room for, at least 1
    public DescriptorMessage(int bytes) {
        assert bytes > 0 : "bytes=" + bytes;
        memory = Memory.allocate((long) BYTES_AT + bytes);
        Memory.putLong(memory + IOV, memory + IOV_AT);
        Memory.putLong(memory + IOV_COUNT, 1);
        Memory.putLong(memory + IOV_AT, memory + BYTES_AT);
        Memory.putLong(memory + IOV_AT + Long.BYTES, bytes);
        Memory.putLong(memory + CONTROL, memory + CONTROL_AT);
        Memory.putLong(memory + CONTROL_LENGTH, (long) BYTES_AT - CONTROL_AT);
    }

    /// Says what to send.
    ///
    /// @param bytes as many as there is room for
    /// @param descriptors up to [#MOST]; 0 are fine, too
    public void put(byte[] bytes, int[] descriptors) {
        Memory.copy(bytes, 0, memory + BYTES_AT, bytes.length);
        int length = DATA + descriptors.length * Integer.BYTES;
        Memory.putLong(memory + CONTROL_AT, length);
        Memory.putInt(memory + CONTROL_AT + LEVEL, Socket.SOL_SOCKET);
        Memory.putInt(memory + CONTROL_AT + TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            Memory.putInt(place(i), descriptors[i]);
        }
        Memory.putLong(memory + CONTROL_LENGTH, descriptors.length == 0 ? 0 : length);
    }

    private long place(int descriptor) {
        return memory + CONTROL_AT + DATA + (long) descriptor * Integer.BYTES;
    }

    /// Sends it; does not wait.
    ///
    /// @return how many bytes have gone, and all descriptors with the first; or the negated `errno`
    public int send(CallState state, int fd) {
        return Native.call(state, SystemCall.SENDMSG, fd, memory, Socket.MSG_DONTWAIT | Socket.MSG_NOSIGNAL);
    }

    /// Receives one; does not wait. The descriptors are closed on exec.
    ///
    /// @return how many bytes have come, 0 at the end; or the negated `errno`
    public int receive(CallState state, int fd) {
        return Native.call(state, SystemCall.RECVMSG, fd, memory, Socket.MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    }

    /// The bytes that have come.
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        Memory.copy(memory + BYTES_AT, bytes, 0, count);
        return bytes;
    }

    /// The descriptors that have come, the receiver's from now on.
    public int[] descriptors() {
        boolean any = Memory.getLong(memory + CONTROL_LENGTH) >= DATA
                && Memory.getInt(memory + CONTROL_AT + LEVEL) == Socket.SOL_SOCKET
                && Memory.getInt(memory + CONTROL_AT + TYPE) == SCM_RIGHTS;
        int[] descriptors = new int[any ? (int) (Memory.getLong(memory + CONTROL_AT) - DATA) / Integer.BYTES : 0];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = Memory.getInt(place(i));
        }
        return descriptors;
    }

    /// Whether the process could not have all of them: too many were open.
    public boolean isTruncated() {
        return (Memory.getInt(memory + FLAGS) & MSG_CTRUNC) != 0;
    }

    public void free() {
        Memory.free(memory);
    }
}
