package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Child;
import dev.sluice.internal.linux.DescriptorLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(DescriptorLeaks.class)
class PollersTest {
    /// Run in a JVM of its own: what is picked there.
    public static void main(String[] arguments) {
        Pollers.Opened opened = Pollers.open(PollerChoice.AUTO, PollerConfig.defaults());
        System.out.println("picked " + opened.poller().name());
        opened.refusals().forEach(System.out::println);
        opened.poller().open();
        opened.poller().wakeup();
        opened.poller().poll(Long.MAX_VALUE);
        opened.poller().close();
        try {
            System.out.println("picked "
                    + Pollers.open(PollerChoice.EPOLL, PollerConfig.defaults()).poller());
        } catch (IllegalStateException refused) {
            System.out.println(refused.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void opensWhatIsAskedFor(PollerChoice choice) {
        Pollers.Opened opened = Pollers.open(choice, PollerConfig.defaults());
        opened.poller().close();
        if (choice == PollerChoice.AUTO) {
            assertThat(opened.poller().name()).isIn("io_uring", "epoll");
        } else {
            assertThat(opened.poller().name()).isEqualToIgnoringCase(choice.name());
            assertThat(opened.refusals()).isEmpty();
        }
    }

    @Test
    void fallsBackToTheFloorOnAnotherSystem() {
        assertThat(Child.java(PollersTest.class, "-Dos.name=Mac OS X"))
                .containsExactly(
                        "picked nio",
                        "Refusal[name=io_uring, reason=system=Mac OS X, expected Linux]",
                        "Refusal[name=epoll, reason=system=Mac OS X, expected Linux]",
                        "open poller: choice=EPOLL, refused:"
                                + " [Refusal[name=epoll, reason=system=Mac OS X, expected Linux]]");
    }

    @Test
    void fallsBackToTheFloorWithoutNativeAccess() {
        assertThat(Child.java(PollersTest.class, "--illegal-native-access=deny"))
                .contains("picked nio")
                .anyMatch(line -> line.startsWith("Refusal[name=io_uring, reason=native access:"));
    }

    @Test
    void fallsBackToEpollWhereAFilterTakesIoUringAway() {
        assertThat(Child.java(InAContainer.class, "--enable-native-access=ALL-UNNAMED"))
                .containsSubsequence(
                        "picked epoll",
                        "Refusal[name=io_uring, reason=io_uring_setup a ring: EPERM (Operation not permitted)"
                                + " with setup=DEFERRED]",
                        "pidfd_open this process: EPERM (Operation not permitted), expected Linux 5.3 without a filter",
                        "slept long enough",
                        "woke");
    }
}
