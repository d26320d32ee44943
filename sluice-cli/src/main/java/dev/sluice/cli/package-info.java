/// The `sluice` command: one class a subcommand, start reading at [Main].
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
