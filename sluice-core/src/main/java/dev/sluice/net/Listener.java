package dev.sluice.net;

import java.io.IOException;
import java.time.Duration;

/// Where connections are accepted.
///
/// Threads: any coroutine; it ends with the loop of the one that made it.
public interface Listener extends AutoCloseable {
    /// What is done with a connection.
    @FunctionalInterface
    interface Handler {
        /// Serves one connection; its caller closes that.
        void serve(Connection connection) throws Exception;
    }

    /// The bounds of [#serve].
    ///
    /// @param connections how many are served at the same time, at least 1; the next ones wait to be accepted
    /// @param drain how long those that are served may go on after the listener has been closed; not negative
    record Limits(int connections, Duration drain) {
        private static final Limits DEFAULTS = new Limits(10_000, Duration.ofSeconds(10));

        public Limits {
            if (connections < 1 || drain.isNegative()) {
                throw new IllegalArgumentException("serve: connections=" + connections + " drain=" + drain
                        + ", expected connections from 1 on, and no negative time");
            }
        }

        /// 10 000 connections, 10 seconds.
        public static Limits defaults() {
            return DEFAULTS;
        }
    }

    /// What a listener has done so far.
    ///
    /// @param accepted connections accepted
    /// @param open of these, being served now
    /// @param failed handlers of [#serve] that threw
    /// @param refused accepts that failed for want of descriptors or memory, and were tried again later
    record Statistics(long accepted, long open, long failed, long refused) {}

    /// Waits for a connection.
    ///
    /// @return a connection of the caller's loop, which the caller closes
    /// @throws NetException if the listener has been closed, or the system is out of descriptors
    Connection accept() throws IOException;

    /// Serves connections, each by a task of its own on the caller's loop, until the listener is closed.
    ///
    /// As [#serve(Limits, Handler)], with the default limits.
    default void serve(Handler handler) throws IOException {
        serve(Limits.defaults(), handler);
    }

    /// Serves connections, each by a task of its own on the caller's loop, until the listener is closed. Those
    /// that are served then have some time to end by themselves; after that they are cancelled.
    ///
    /// What happens to one touches no other: a handler that throws is counted, and its connection reset; unless
    /// it is an [IOException], or an unchecked one, which is what peers do to us, it is reported as well. Where
    /// descriptors run out, it waits and tries again. If the caller is cancelled, all tasks are.
    void serve(Limits limits, Handler handler) throws IOException;

    /// Has an action run when the listener that serves the caller is closed: so that a handler whose peers stay
    /// can tell them to go elsewhere, and end by itself before [Limits#drain] is over. Sessions do so:
    ///
    /// ```java
    /// try (Mux mux = Mux.server(connection);
    ///         var wish = Listener.onDrain(mux::goAway)) {
    /// ```
    ///
    /// The action runs once, and must not wait: by the task that serves, or at once if the listener has been
    /// closed already; never if the caller is not a handler of [#serve] or a task that one has started.
    ///
    /// @return what takes the wish back
    static Wish onDrain(Runnable action) {
        return Drain.add(action);
    }

    /// An action that is to run when a listener is closed; see [#onDrain].
    interface Wish extends AutoCloseable {
        /// Forgets the action. If it is being run, does not wait for that.
        @Override
        void close();
    }

    /// Where it listens, with the port that it got.
    Address address();

    /// What has happened so far.
    Statistics statistics();

    /// Ends the listening. An accept in flight ends with [NetException]; accepted connections stay. Closing
    /// twice is no error.
    @Override
    void close() throws IOException;
}
