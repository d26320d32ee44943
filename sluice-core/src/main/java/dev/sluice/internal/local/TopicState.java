package dev.sluice.internal.local;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.space.Space.Kind;
import dev.sluice.space.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Who has subscribed to a topic, and what each has not received.
///
/// Threads: any; what has no lock of its own is called under the lock.
final class TopicState extends Monitor {
    /// What one subscriber has not received. Several share the arrays.
    final class Backlog {
        private final LocalSpace opening;
        private final Lag lag;
        private final Deque<byte[]> messages = new ArrayDeque<>();
        final Line receivers = newLine("receive from");
        private boolean ended;
        private boolean lagged;
        private long dropped;

        private Backlog(LocalSpace opening, Lag lag) {
            this.opening = opening;
            this.lag = lag;
        }

        boolean hasMessage() {
            return !messages.isEmpty() || ended || lagged || finished;
        }

        /// @return [#END] if nothing can come any more, [#LAGGED] if it fell behind
        byte[] receive() {
            byte[] message = messages.pollFirst();
            if (message != null) {
                return message;
            }
            return lagged ? LAGGED : END;
        }

        long dropped() {
            return dropped;
        }

        private boolean full() {
            return messages.size() >= options.capacity();
        }

        private void add(byte[] message) {
            if (full()) {
                switch (lag) {
                    case WAIT -> throw new AssertionError("published though a subscriber is to be waited for");
                    case DROP_OLDEST -> {
                        messages.removeFirst();
                        dropped++;
                    }
                    case FAIL -> {
                        lagged = true;
                        messages.clear();
                        backlogs.remove(this);
                        return;
                    }
                }
            }
            messages.addLast(message);
        }
    }

    /// Stands for the end, where a receiver gets a message.
    static final byte[] END = {};

    /// Stands for the end of who fell behind.
    static final byte[] LAGGED = {};

    private final Topic.Options options;
    final Line publishers = newLine("publish to");

    // Guarded by the lock.
    private final List<Backlog> backlogs = new ArrayList<>();
    private boolean finished;

    TopicState(Realm realm, String name, Topic.Options options) {
        super(realm, Kind.TOPIC, name);
        this.options = options;
    }

    Topic.Options options() {
        return options;
    }

    /// Locks.
    Backlog subscribe(LocalSpace opening, Lag lag) {
        Backlog backlog = new Backlog(opening, lag);
        return change(() -> {
            backlogs.add(backlog);
            return backlog;
        });
    }

    /// Locks.
    void unsubscribe(Backlog backlog) {
        change(() -> end(backlog));
        remove(backlog.receivers);
    }

    private boolean end(Backlog backlog) {
        backlog.ended = true;
        backlog.messages.clear();
        return backlogs.remove(backlog);
    }

    @Override
    void closed(LocalSpace opening) {
        for (Backlog backlog : List.copyOf(backlogs)) {
            if (backlog.opening == opening) {
                end(backlog);
            }
        }
    }

    boolean mayPublish() {
        return finished || backlogs.stream().noneMatch(backlog -> backlog.lag == Lag.WAIT && backlog.full());
    }

    /// @return false if the topic is finished
    boolean publish(byte[] message) {
        if (finished) {
            return false;
        }
        for (Backlog backlog : List.copyOf(backlogs)) {
            backlog.add(message);
        }
        return true;
    }

    /// Locks.
    boolean finish() {
        return change(() -> {
            boolean first = !finished;
            finished = true;
            return first;
        });
    }
}
