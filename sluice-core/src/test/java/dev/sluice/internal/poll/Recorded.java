package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

/// An operation that remembers how it ended.
final class Recorded extends Operation {
    int completions;
    int result;
    Runnable then = () -> {};

    static Recorded of(Kind kind, int fd, long address, int length) {
        var operation = new Recorded();
        operation.kind = kind;
        operation.fd = fd;
        operation.address = address;
        operation.length = length;
        return operation;
    }

    static Recorded read(int fd, long address, int length) {
        return of(Kind.READ, fd, address, length);
    }

    static Recorded write(int fd, long address, int length) {
        return of(Kind.WRITE, fd, address, length);
    }

    static Recorded readable(int fd) {
        return of(Kind.READABLE, fd, 0, 0);
    }

    static Recorded writable(int fd) {
        return of(Kind.WRITABLE, fd, 0, 0);
    }

    Recorded shared() {
        shared = true;
        return this;
    }

    Recorded at(long position) {
        offset = position;
        return this;
    }

    Recorded then(Runnable action) {
        then = action;
        return this;
    }

    @Override
    public void completed(int outcome) {
        assertThat(slot).as("%s is idle when it completes", this).isEqualTo(-1);
        completions++;
        result = outcome;
        then.run();
    }
}
