package dev.sluice.session;

import java.time.Duration;

/// The bounds of a session.
///
/// @param streams how many may be open at the same time, from 1 on; the next ones of the peer are reset
/// @param window how many bytes of a stream the peer may send before they are read, from 262 144, which is what
///     the protocol begins with, to 16 777 216
/// @param keepAlive how long nothing may come before the peer is asked whether it is there; zero: it never is
/// @param answer how long it may take to answer that, above zero
public record MuxConfig(int streams, int window, Duration keepAlive, Duration answer) {
    private static final int MOST_WINDOW = 1 << 24;
    private static final MuxConfig DEFAULTS =
            new MuxConfig(256, Frame.FIRST_WINDOW, Duration.ofSeconds(30), Duration.ofSeconds(10));

    public MuxConfig {
        if (streams < 1 || window < Frame.FIRST_WINDOW || window > MOST_WINDOW) {
            throw new IllegalArgumentException("mux: streams=" + streams + " window=" + window
                    + ", expected streams from 1 on, and a window of " + Frame.FIRST_WINDOW + ".." + MOST_WINDOW);
        }
        if (keepAlive.isNegative() || !answer.isPositive()) {
            throw new IllegalArgumentException("mux: keepAlive=" + keepAlive + " answer=" + answer
                    + ", expected no negative time, and more than 0 to answer");
        }
    }

    /// 256 streams of 256 KiB, a question after 30 seconds, 10 seconds for the answer.
    public static MuxConfig defaults() {
        return DEFAULTS;
    }

    public MuxConfig withStreams(int value) {
        return new MuxConfig(value, window, keepAlive, answer);
    }

    public MuxConfig withWindow(int value) {
        return new MuxConfig(streams, value, keepAlive, answer);
    }

    public MuxConfig withKeepAlive(Duration value) {
        return new MuxConfig(streams, window, value, answer);
    }

    public MuxConfig withAnswer(Duration value) {
        return new MuxConfig(streams, window, keepAlive, value);
    }
}
