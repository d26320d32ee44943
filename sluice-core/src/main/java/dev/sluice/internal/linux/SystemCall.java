package dev.sluice.internal.linux;

/// The numbers of the system calls, which differ by architecture up to 423 and are the same everywhere above.
final class SystemCall {
    static final int READ = number(0, 63);
    static final int WRITE = number(1, 64);
    static final int CLOSE = number(3, 57);
    static final int LSEEK = number(8, 62);
    static final int MMAP = number(9, 222);
    static final int MUNMAP = number(11, 215);
    static final int IOCTL = number(16, 29);
    static final int PREAD64 = number(17, 67);
    static final int PWRITE64 = number(18, 68);
    static final int SCHED_YIELD = number(24, 124);
    static final int MADVISE = number(28, 233);
    static final int GETPID = number(39, 172);
    static final int SENDFILE = number(40, 71);
    static final int SOCKET = number(41, 198);
    static final int CONNECT = number(42, 203);
    static final int SENDTO = number(44, 206);
    static final int RECVFROM = number(45, 207);
    static final int SENDMSG = number(46, 211);
    static final int RECVMSG = number(47, 212);
    static final int SHUTDOWN = number(48, 210);
    static final int BIND = number(49, 200);
    static final int LISTEN = number(50, 201);
    static final int GETSOCKNAME = number(51, 204);
    static final int GETPEERNAME = number(52, 205);
    static final int SOCKETPAIR = number(53, 199);
    static final int SETSOCKOPT = number(54, 208);
    static final int GETSOCKOPT = number(55, 209);
    static final int KILL = number(62, 129);
    static final int FCNTL = number(72, 25);
    static final int GETEUID = number(107, 175);
    static final int FSTATFS = number(138, 44);
    static final int FUTEX = number(202, 98);
    static final int WAITID = number(247, 95);
    static final int OPENAT = number(257, 56);
    static final int MKDIRAT = number(258, 34);
    static final int UNLINKAT = number(263, 35);
    static final int LINKAT = number(265, 37);
    static final int FACCESSAT = number(269, 48);
    static final int PPOLL = number(271, 73);
    static final int EPOLL_CTL = number(233, 21);
    static final int EPOLL_PWAIT = number(281, 22);
    static final int FALLOCATE = number(285, 47);
    static final int ACCEPT4 = number(288, 242);
    static final int EVENTFD2 = number(290, 19);
    static final int EPOLL_CREATE1 = number(291, 20);
    static final int PIPE2 = number(293, 59);
    static final int RECVMMSG = number(299, 243);
    static final int SENDMMSG = number(307, 269);
    static final int STATX = number(332, 291);
    static final int PIDFD_SEND_SIGNAL = 424;
    static final int IO_URING_SETUP = 425;
    static final int IO_URING_ENTER = 426;
    static final int IO_URING_REGISTER = 427;
    static final int PIDFD_OPEN = 434;
    static final int EPOLL_PWAIT2 = 441;
    static final int FUTEX_WAITV = 449;

    private SystemCall() {}

    private static int number(int x86_64, int aarch64) {
        return Platform.AARCH64 ? aarch64 : x86_64;
    }
}
