package dev.sluice.internal.poll;

import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.poll.IoUringPoller.Setup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Picks the back end for a loop.
public final class Pollers {
    private Pollers() {}

    /// What was picked, and what was not.
    ///
    /// @param poller not yet opened; the loop thread does that
    /// @param refusals the back ends that were tried before it, and why each was not taken
    public record Opened(Poller poller, List<Refusal> refusals) {}

    /// Makes the poller for one loop: the first back end that works, or the one that is asked for.
    ///
    /// `AUTO` leaves io_uring out where the kernel cannot defer its work to the loop (before Linux 6.1): there
    /// it is slower than epoll.
    ///
    /// @throws IllegalStateException when the back end that is asked for does not work, with the reason
    public static Opened open(PollerChoice choice, PollerConfig config) {
        var refusals = new ArrayList<Refusal>();
        Poller poller = switch (choice) {
            case AUTO -> automatic(config, refusals);
            case IO_URING -> ioUring(config, false, refusals);
            case EPOLL -> epoll(config, refusals);
            case NIO -> nio(config, refusals);
        };
        if (poller == null) {
            throw new IllegalStateException("open poller: choice=" + choice + ", refused: " + refusals);
        }
        return new Opened(poller, List.copyOf(refusals));
    }

    private static @Nullable Poller automatic(PollerConfig config, List<Refusal> refusals) {
        Poller poller = ioUring(config, true, refusals);
        if (poller == null) {
            poller = epoll(config, refusals);
        }
        return poller != null ? poller : nio(config, refusals);
    }

    private static @Nullable Poller ioUring(PollerConfig config, boolean onlyDeferred, List<Refusal> refusals) {
        String reason = LinuxSupport.callsRefused();
        if (reason == null) {
            for (Setup setup : Setup.values()) {
                if (onlyDeferred && !setup.deferred()) {
                    break;
                }
                try {
                    return IoUringPoller.create(setup, config);
                } catch (RefusedException refused) {
                    reason = refused.getMessage() + " with setup=" + setup;
                }
            }
        }
        refusals.add(new Refusal("io_uring", String.valueOf(reason)));
        return null;
    }

    private static @Nullable Poller epoll(PollerConfig config, List<Refusal> refusals) {
        String reason = LinuxSupport.callsRefused();
        if (reason == null) {
            try {
                return new EpollPoller(config);
            } catch (RefusedException refused) {
                reason = refused.getMessage();
            }
        }
        refusals.add(new Refusal("epoll", String.valueOf(reason)));
        return null;
    }

    private static @Nullable Poller nio(PollerConfig config, List<Refusal> refusals) {
        try {
            return new NioPoller(config);
        } catch (RefusedException refused) {
            refusals.add(new Refusal("nio", String.valueOf(refused.getMessage())));
            return null;
        }
    }
}
