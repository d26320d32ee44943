package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.linux.Uring;
import dev.sluice.internal.poll.IoUringPoller.Setup;

/// A ring on this kernel that shows what others do: pipes answer `EAGAIN` instead of waiting (before 6.10, when
/// they do not block), every second standing poll ends after one event (when completions overflow), and every
/// second early submission is refused (before 5.19, when completions overflow). It takes no buffers (before
/// 5.19).
final class OldKernelRing extends UringRing {
    private static final int RWF_NOWAIT = 8;

    private final CallState state;
    private int submissions;
    private int standingPolls;

    OldKernelRing(CallState state, PollerConfig config) throws RefusedException {
        super(state, Setup.DEFERRED.flags, config);
        this.state = state;
    }

    @Override
    void push(long head, long offset, long address, long lengthAndFlags, long tag) {
        int opcode = (int) head & 0xFF;
        int fd = (int) (head >>> Integer.SIZE);
        long changed = lengthAndFlags;
        if (opcode == Uring.OP_POLL_ADD) {
            if (changed % 2 == Uring.POLL_ADD_MULTI && standingPolls++ % 2 == 0) {
                changed -= Uring.POLL_ADD_MULTI;
            }
        } else if (opcode != Uring.OP_ASYNC_CANCEL && Stat.type(state, fd) == Stat.S_IFIFO) {
            changed |= (long) RWF_NOWAIT << Integer.SIZE;
        }
        super.push(head, offset, address, changed, tag);
    }

    @Override
    int registerBuffers(long argument) {
        return -Errno.EINVAL; // before 5.19
    }

    @Override
    int submit() {
        return submissions++ % 2 == 0 ? -Errno.EBUSY : super.submit();
    }
}
