package dev.sluice.internal.linux;

/// `linux/io_uring.h`: the three system calls and their constants. The structures are in [UringLayout].
public final class Uring {
    // flags of io_uring_setup, with the kernel that brought them
    public static final int SETUP_CQSIZE = 1 << 3;
    public static final int SETUP_CLAMP = 1 << 4;
    public static final int SETUP_R_DISABLED = 1 << 6; // 5.10
    public static final int SETUP_SUBMIT_ALL = 1 << 7; // 5.18
    public static final int SETUP_COOP_TASKRUN = 1 << 8; // 5.19
    public static final int SETUP_TASKRUN_FLAG = 1 << 9; // 5.19
    public static final int SETUP_SINGLE_ISSUER = 1 << 12; // 6.0
    public static final int SETUP_DEFER_TASKRUN = 1 << 13; // 6.1
    public static final int SETUP_NO_SQARRAY = 1 << 16; // 6.6

    // features that io_uring_setup reports
    public static final int FEAT_SINGLE_MMAP = 1;
    public static final int FEAT_NODROP = 1 << 1;
    public static final int FEAT_RW_CUR_POS = 1 << 3;
    public static final int FEAT_FAST_POLL = 1 << 5;
    public static final int FEAT_EXT_ARG = 1 << 8; // 5.11
    public static final int FEAT_RSRC_TAGS = 1 << 10; // 5.13, as multishot polls are

    // flags of io_uring_enter
    public static final int ENTER_GETEVENTS = 1;
    public static final int ENTER_EXT_ARG = 1 << 3;
    public static final int ENTER_REGISTERED_RING = 1 << 4; // 5.18

    // what io_uring_register does
    public static final int REGISTER_ENABLE_RINGS = 12;
    public static final int REGISTER_RING_FDS = 20;
    public static final int UNREGISTER_RING_FDS = 21;
    public static final int REGISTER_PBUF_RING = 22; // 5.19

    // the kernel's notes to us in the submission ring
    public static final int SQ_CQ_OVERFLOW = 1 << 1;
    public static final int SQ_TASKRUN = 1 << 2;

    // operations
    public static final int OP_POLL_ADD = 6;
    public static final int OP_ACCEPT = 13;
    public static final int OP_ASYNC_CANCEL = 14;
    public static final int OP_CONNECT = 16;
    public static final int OP_READ = 22;
    public static final int OP_WRITE = 23;
    public static final int OP_SEND = 26;
    public static final int OP_RECV = 27;

    /// In the flags of a request: the kernel takes a buffer that was given to it, when it has something for it.
    public static final int SQE_BUFFER_SELECT = 1 << 5;

    /// In the `ioprio` of a receive: wait until something is there, before the first attempt (5.19).
    public static final int RECV_POLL_FIRST = 1;

    /// In the `ioprio` of a receive into given buffers: go on after each; a completion comes with `CQE_F_MORE`,
    /// until one comes without it (6.0).
    public static final int RECV_MULTISHOT = 1 << 1;

    /// In the `len` of a poll: keep watching; each event is a completion with `CQE_F_MORE`, until one comes
    /// without it.
    public static final int POLL_ADD_MULTI = 1;

    /// A buffer of ours was taken; its number is in the upper half of the flags.
    public static final int CQE_F_BUFFER = 1;
    public static final int CQE_F_MORE = 1 << 1;
    /// There is more to receive (5.19).
    public static final int CQE_F_SOCK_NONEMPTY = 1 << 2;
    public static final int CQE_BUFFER_SHIFT = 16;

    // what mmap maps, as its offset
    public static final long OFF_SQ_RING = 0;
    public static final long OFF_SQES = 0x10000000L;

    private Uring() {}

    /// `io_uring_setup(2)`: makes a ring.
    ///
    /// @param params address of a `struct io_uring_params`, read and filled in
    /// @return a descriptor, closed on exec, or the negated `errno`
    public static int setup(CallState state, int entries, long params) {
        return Native.call(state, SystemCall.IO_URING_SETUP, entries, params);
    }

    /// `io_uring_enter(2)`: submits, and with `ENTER_GETEVENTS` runs deferred work and waits.
    ///
    /// @param argument address of a `struct io_uring_getevents_arg` with `ENTER_EXT_ARG`, else 0
    /// @return how many entries were submitted, or the negated `errno` if none was
    public static int enter(CallState state, int ring, long submitAndWait, int flags, long argument) {
        return (int) Native.call(
                state,
                SystemCall.IO_URING_ENTER,
                ring,
                submitAndWait & 0xFFFFFFFFL,
                submitAndWait >>> Integer.SIZE,
                flags,
                argument,
                argument == 0 ? 0 : UringLayout.GETEVENTS_BYTES);
    }

    /// The second and third parameter of `io_uring_enter` in one: how many to submit, for how many completions
    /// to wait.
    public static long submitAndWait(int submit, int wait) {
        return submit | (long) wait << Integer.SIZE;
    }

    /// `io_uring_register(2)`.
    public static int register(CallState state, int ring, int what, long argument, int count) {
        return (int) Native.call(state, SystemCall.IO_URING_REGISTER, ring, what, argument, count, 0, 0);
    }
}
