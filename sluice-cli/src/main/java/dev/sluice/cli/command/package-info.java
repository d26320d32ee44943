/// What the commands of the command line share.
@NullMarked
package dev.sluice.cli.command;

import org.jspecify.annotations.NullMarked;
