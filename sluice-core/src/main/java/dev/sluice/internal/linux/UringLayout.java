package dev.sluice.internal.linux;

/// The structures of `linux/io_uring.h`, as byte offsets. They are the same on x86_64 and aarch64.
///
/// `struct io_uring_params`: what `io_uring_setup` is given and gives back
///
///     0          4          8       12               20         24      40        80        120
///     | sq_entries | cq_entries | flags | sq_thread cpu, idle | features | wq_fd, resv | sq_off | cq_off |
///
/// `sq_off`, `cq_off`: where the words of the two rings are, from the start of the one mapping that holds both
///
///     0       4       8           12             16      20        24
///     | head | tail | ring_mask | ring_entries | flags | dropped  | array | … 40       sq_off
///     | head | tail | ring_mask | ring_entries | overflow | cqes  | flags | … 40       cq_off
///
/// `struct io_uring_sqe`: one request
///
///     0        1       2        4    8     16     24    28         32          40 … 64
///     | opcode | flags | ioprio | fd | off | addr | len | op_flags | user_data | not used here, zero |
///
/// `struct io_uring_cqe`: one completion
///
///     0           8     12      16
///     | user_data | res | flags |
///
/// `struct io_uring_buf`: a buffer that is given to the kernel; the first one's last bytes are the ring's tail
///
///     0      8     12    14     16
///     | addr | len | bid | tail |
///
/// `struct io_uring_buf_reg`: a ring of them
///
///     0           8              12     14      16 … 40
///     | ring_addr | ring_entries | bgid | flags | resv |
///
/// `struct io_uring_getevents_arg`: how long `io_uring_enter` waits; `ts` points to a `struct
/// __kernel_timespec`
///
///     0         8            12    16   24
///     | sigmask | sigmask_sz | pad | ts |
public final class UringLayout {
    public static final int PARAMS_BYTES = 120;
    public static final int PARAMS_SQ_ENTRIES = 0;
    public static final int PARAMS_CQ_ENTRIES = 4;
    public static final int PARAMS_FLAGS = 8;
    public static final int PARAMS_FEATURES = 20;

    private static final int SQ_OFF = 40;
    public static final int SQ_HEAD = SQ_OFF;
    public static final int SQ_TAIL = SQ_OFF + 4;
    public static final int SQ_RING_MASK = SQ_OFF + 8;
    public static final int SQ_FLAGS = SQ_OFF + 16;
    public static final int SQ_ARRAY = SQ_OFF + 24;

    private static final int CQ_OFF = 80;
    public static final int CQ_HEAD = CQ_OFF;
    public static final int CQ_TAIL = CQ_OFF + 4;
    public static final int CQ_RING_MASK = CQ_OFF + 8;
    public static final int CQ_OVERFLOW = CQ_OFF + 16;
    public static final int CQ_CQES = CQ_OFF + 20;

    public static final int SQE_BYTES = 64;
    public static final int SQE_OFF = 8;
    public static final int SQE_ADDR = 16;
    public static final int SQE_LEN_AND_FLAGS = 24;
    public static final int SQE_USER_DATA = 32;
    public static final int SQE_REST = 40;

    public static final int CQE_BYTES = 16;
    public static final int CQE_USER_DATA = 0;
    public static final int CQE_RES = 8;
    public static final int CQE_FLAGS = 12;

    public static final int GETEVENTS_BYTES = 24;
    public static final int GETEVENTS_TS = 16;

    public static final int TIMESPEC_BYTES = 16;
    public static final int TIMESPEC_SECONDS = 0;
    public static final int TIMESPEC_NANOS = 8;

    public static final int BUF_BYTES = 16;
    public static final int BUF_ADDR = 0;
    public static final int BUF_LEN = 8;
    public static final int BUF_BID = 12;
    public static final int BUF_TAIL = 14;

    public static final int BUF_REG_BYTES = 40;
    public static final int BUF_REG_ADDR = 0;
    public static final int BUF_REG_ENTRIES = 8;

    static {
        assert BUF_TAIL + 2 == BUF_BYTES && BUF_BID + 2 == BUF_TAIL;
        assert CQ_OFF == SQ_OFF + 40 && PARAMS_BYTES == CQ_OFF + 40;
        assert SQE_USER_DATA == SQE_LEN_AND_FLAGS + 8 && SQE_REST + 3 * 8 == SQE_BYTES;
        assert CQE_FLAGS + 4 == CQE_BYTES && GETEVENTS_TS + 8 == GETEVENTS_BYTES;
    }

    private UringLayout() {}

    /// The first eight bytes of a request: `opcode | flags | ioprio | fd`.
    public static long sqeHead(int opcode, int fd) {
        return opcode | (long) fd << 32;
    }

    /// Likewise, with `flags` and `ioprio`.
    public static long sqeHead(int opcode, int flags, int ioprio, int fd) {
        return opcode | flags << 8 | ioprio << 16 | (long) fd << 32;
    }
}
