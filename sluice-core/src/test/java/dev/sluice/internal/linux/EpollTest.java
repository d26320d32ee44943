package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Shows also that the layout of `struct epoll_event` is right: two events in one array, each with 64 bits of its
/// own.
@ExtendWith(DescriptorLeaks.class)
class EpollTest {
    private static final long FIRST = 0x0123_4567_89AB_CDEFL;
    private static final long SECOND = 0xFEDC_BA98_7654_3210L;

    private final CallState state = new CallState();
    private long events;
    private int epoll;
    private int one;
    private int two;

    @BeforeEach
    void open() {
        events = Memory.allocate(16L * Epoll.EVENT_BYTES);
        epoll = Epoll.create1(state, Epoll.EPOLL_CLOEXEC);
        one = EventFd.eventfd(state, 0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        two = EventFd.eventfd(state, 7, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        assertThat(Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_ADD, one, Epoll.EPOLLIN | Epoll.EPOLLET, FIRST))
                .isZero();
        assertThat(Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_ADD, two, Epoll.EPOLLOUT, SECOND))
                .isZero();
    }

    @AfterEach
    void close() {
        assertThat(Unistd.close(state, epoll)).isZero();
        assertThat(Unistd.close(state, one)).isZero();
        assertThat(Unistd.close(state, two)).isZero();
        Memory.free(events);
    }

    @Test
    void givesEventsWithTheirData() {
        assertThat(Epoll.pwait2(state, epoll, events, 16, 0)).isEqualTo(1);
        assertThat(Epoll.data(events, 0)).isEqualTo(SECOND);
        assertThat(Epoll.events(events, 0)).isEqualTo(Epoll.EPOLLOUT);
        signal(one);
        assertThat(Epoll.wait(state, epoll, events, 16, Long.MAX_VALUE)).isEqualTo(2);
        int first = Epoll.data(events, 0) == FIRST ? 0 : 1;
        assertThat(Epoll.data(events, first)).isEqualTo(FIRST);
        assertThat(Epoll.events(events, first)).isEqualTo(Epoll.EPOLLIN);
        assertThat(Epoll.data(events, 1 - first)).isEqualTo(SECOND);
    }

    @Test
    void tellsAnEdgeOnceForEachWrite() {
        assertThat(Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_DEL, two, 0, 0)).isZero();
        for (int i = 0; i < 3; i++) {
            signal(one); // never read
            assertThat(Epoll.pwait2(state, epoll, events, 16, 0)).isEqualTo(1);
            assertThat(Epoll.pwait2(state, epoll, events, 16, 0)).isZero();
        }
    }

    @Test
    void waitsInNanosecondsAndNotLess() {
        assertThat(Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_MOD, two, 0, SECOND)).isZero();
        long nanos = 3_300_000;
        long before = System.nanoTime();
        assertThat(Epoll.pwait2(state, epoll, events, 16, nanos)).isZero();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(nanos);
        before = System.nanoTime();
        assertThat(Epoll.wait(state, epoll, events, 16, nanos)).isZero();
        assertThat(System.nanoTime() - before).as("rounded up").isGreaterThanOrEqualTo(nanos);
    }

    @Test
    void refusesWhatNeverWaits() {
        int file = Fcntl.open(state, Child.bytes("/proc/self/exe"), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_ADD, file, Epoll.EPOLLIN, 0))
                .isEqualTo(-Errno.EPERM);
        assertThat(Poll.poll(state, file, Poll.POLLIN)).as("poll says ready").isEqualTo(Poll.POLLIN);
        assertThat(Unistd.close(state, file)).isZero();
    }

    @Test
    void asksForOneDescriptor() {
        assertThat(Poll.poll(state, one, Poll.POLLIN)).isZero();
        signal(one);
        assertThat(Poll.poll(state, one, Poll.POLLIN | Poll.POLLOUT)).isEqualTo(Poll.POLLIN | Poll.POLLOUT);
        assertThat(Poll.poll(state, 1 << 20, Poll.POLLIN)).isEqualTo(Poll.POLLNVAL);
    }

    private void signal(int fd) {
        long value = Memory.allocate(Long.BYTES);
        Memory.putLong(value, 1);
        assertThat(Unistd.write(state, fd, value, Long.BYTES)).isEqualTo(Long.BYTES);
        Memory.free(value);
    }
}
