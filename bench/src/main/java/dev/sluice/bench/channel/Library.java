package dev.sluice.bench.channel;

import java.util.List;
import java.util.function.Consumer;

/// Whose channels: what the loads need of a library.
interface Library {
    int RENDEZVOUS = 0;
    int UNLIMITED = Integer.MAX_VALUE;

    /// @param capacity [#RENDEZVOUS], [#UNLIMITED] or how many values it holds
    Pipe open(int capacity);

    /// One wait over several pipes, to be used again and again.
    default Selection select(List<Pipe> pipes, Consumer<Integer> handler) {
        throw new UnsupportedOperationException("select: " + this + " has none");
    }

    /// Where each value goes to all. A library that has no such thing sends to one pipe after the other.
    default Fan broadcast(int receivers, int capacity) {
        Pipe[] pipes = new Pipe[receivers];
        for (int i = 0; i < receivers; i++) {
            pipes[i] = open(capacity);
        }
        return new Fan() {
            @Override
            public void send(Integer value) throws InterruptedException {
                for (Pipe pipe : pipes) {
                    pipe.send(value);
                }
            }

            @Override
            public Integer receive(int receiver) throws InterruptedException {
                return pipes[receiver].receive();
            }
        };
    }

    /// One wait over several pipes.
    @FunctionalInterface
    interface Selection {
        /// Waits for one and hands what it had to the handler.
        void await() throws InterruptedException;
    }

    /// One sender's end, several receivers'.
    interface Fan {
        void send(Integer value) throws InterruptedException;

        Integer receive(int receiver) throws InterruptedException;
    }
}
