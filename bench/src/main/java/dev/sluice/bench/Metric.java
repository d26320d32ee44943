package dev.sluice.bench;

/// What is measured, and the unit that its figures are written in.
public enum Metric {
    WALL("ns/op", false),
    USER_CPU("ns user CPU/op", false),
    CPU("ns CPU/op", false),
    ALLOCATED("B allocated/op", false),
    LATENCY("ns, median of each op", false),
    LATENCY_99("ns, 99 of 100 ops", false),
    HEAP("B heap/task", false),
    START("s to start", false),
    END("s to end", false),
    START_AND_END("s to start and end", false),
    MESSAGES("messages/s", true),
    ROUND_TRIP("us, median round trip", false),
    CONNECTIONS("connections/s", true),
    BULK("MiB/s", true),
    IDLE_RESIDENT("B resident/connection", false),
    IDLE_HEAP("B heap/connection", false),
    JOBS("jobs/s", true),
    JOB_CPU("ms user CPU/job", false),
    FIRST_OUTPUT("ms to first output", false),
    PEAK("MiB at peak", false);

    private final String unit;
    private final boolean moreIsBetter;

    Metric(String unit, boolean moreIsBetter) {
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    public String unit() {
        return unit;
    }

    /// How many times better `ours` is than `peer`.
    double ratio(double ours, double peer) {
        return moreIsBetter ? ours / peer : peer / ours;
    }
}
