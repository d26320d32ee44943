/// Virtual time, seeded order and contract suites, for tests of programs built on Sluice and for Sluice's own.
module dev.sluice.testing {
    requires transitive dev.sluice;
    requires static org.jspecify;
    requires static java.management; // to see the JVM's flags, when its clocks are to be replaced
    // The annotations and the contract suites need both; virtual time alone does not.
    requires static transitive org.junit.jupiter.api;
    requires static transitive org.assertj.core;

    exports dev.sluice.testing;
    exports dev.sluice.testing.space;
}
