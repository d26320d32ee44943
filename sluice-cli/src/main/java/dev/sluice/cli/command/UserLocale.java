package dev.sluice.cli.command;

import dev.sluice.internal.settings.Setting;
import dev.sluice.process.Command;

/// The locale that the user has chosen, for children.
///
/// In the C locale a JVM loses what is not ASCII in arguments and file names, so the launcher starts it in
/// `C.UTF-8`, and says which variable it has set for that, and what it was: `LC_ALL=C`, or `LC_CTYPE` alone if
/// it was not set. A program may do other things in another locale; `grep` and `sort` do.
public final class UserLocale {
    private UserLocale() {}

    /// The command in that locale.
    public static Command of(Command command) {
        String changed = Setting.CLI_LOCALE.value();
        if (changed.isEmpty()) {
            return command;
        }
        int end = changed.indexOf('=');
        return end < 0
                ? command.withoutVariable(changed)
                : command.variable(changed.substring(0, end), changed.substring(end + 1));
    }
}
