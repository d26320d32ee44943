/// What the members of a space coordinate by: locks, permits, events, meeting points, counts, under names.
///
/// They do between processes and machines what `dev.sluice.sync` does between the tasks of one process, and
/// keep its rules: a cancelled wait has not happened, and time limits come from a
/// [dev.sluice.task.Deadline] around the call. One rule is their own: **nobody waits for the dead.** What a
/// member held that has died, or a task that has ended, comes back, and who gets it is told if that matters.
///
/// They are opened by [dev.sluice.space.Space], which is where to start reading.
@NullMarked
package dev.sluice.space.sync;

import org.jspecify.annotations.NullMarked;
