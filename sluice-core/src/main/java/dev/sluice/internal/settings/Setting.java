package dev.sluice.internal.settings;

/// Every system property that is ours, with what holds without it. Each is for something that no program can say
/// in code: it is wanted before the first loop, or by whoever starts the JVM. All else is an argument of the
/// method that needs it.
///
/// `sluice doctor` prints them, and the guide lists them.
public enum Setting {
    /// See [dev.sluice.internal.sched.JdkPoller].
    JDK_SOCKETS(
            "dev.sluice.jdkSockets",
            "true",
            "whether coroutines make blocking calls of the JDK's own sockets: `false` lets the JVM exit 0.3 s sooner"),

    /// See `dev.sluice.channel.Users`.
    CHANNEL_USERS(
            "dev.sluice.channel.users",
            "false",
            "whether channels note who uses them, so that circles of tasks over channels are reported: `true` costs"
                    + " a few nanoseconds for each value; in tests they do in any case"),

    /// See `dev.sluice.cli.command.UserLocale`.
    CLI_LOCALE(
            "dev.sluice.cli.locale",
            "",
            "set by `./sluice` when it changes the locale for the JVM: which variable, and what it was, for children");

    private final String property;
    private final String usual;
    private final String purpose;

    Setting(String property, String usual, String purpose) {
        this.property = property;
        this.usual = usual;
        this.purpose = purpose;
    }

    /// The name of the system property.
    public String property() {
        return property;
    }

    /// What holds if the property is not set; empty if nothing does.
    public String usual() {
        return usual;
    }

    /// What it is for, in Markdown.
    public String purpose() {
        return purpose;
    }

    /// What holds in this JVM at this moment.
    public String value() {
        return System.getProperty(property, usual);
    }

    /// Whether one that is `true` or `false` is on. What is neither leaves it as usual.
    public boolean isOn() {
        boolean usually = Boolean.parseBoolean(usual);
        boolean changed = value().equalsIgnoreCase(String.valueOf(!usually));
        return changed != usually;
    }
}
