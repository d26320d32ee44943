package dev.sluice.bench.channel;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;

/// The JDK's queues, which have neither close nor select.
enum JdkLibrary implements Library {
    /// `ArrayBlockingQueue`.
    ARRAY {
        @Override
        public Pipe open(int capacity) {
            return new Queue(new ArrayBlockingQueue<>(capacity));
        }
    },
    /// `SynchronousQueue`.
    SYNCHRONOUS {
        @Override
        public Pipe open(int capacity) {
            assert capacity == RENDEZVOUS;
            return new Queue(new SynchronousQueue<>());
        }
    },
    /// `LinkedTransferQueue`: `transfer` for a rendezvous, `put` for what is unlimited.
    TRANSFER {
        @Override
        public Pipe open(int capacity) {
            assert capacity == RENDEZVOUS || capacity == UNLIMITED;
            var queue = new LinkedTransferQueue<Integer>();
            return capacity == RENDEZVOUS ? new Transfer(queue) : new Queue(queue);
        }
    };

    private record Queue(BlockingQueue<Integer> queue) implements Pipe {
        @Override
        public void send(Integer value) throws InterruptedException {
            queue.put(value);
        }

        @Override
        public Integer receive() throws InterruptedException {
            return queue.take();
        }
    }

    private record Transfer(LinkedTransferQueue<Integer> queue) implements Pipe {
        @Override
        public void send(Integer value) throws InterruptedException {
            queue.transfer(value);
        }

        @Override
        public Integer receive() throws InterruptedException {
            return queue.take();
        }
    }
}
