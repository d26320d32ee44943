package dev.sluice.internal.loop;

/// Whether a look before a sleep pays, by what came of the last ones.
///
/// Short sleeps and looks that pay earn credit; a long sleep costs more than a short one earns, so who waits for
/// somebody who takes his time sleeps at once. A look in vain without credit left doubles the number of short sleeps
/// before the next look, and each that pays halves it.
///
/// Threads: any; it is a guess, and races about it do no harm.
public final class LookCredit {
    public static final int MOST = 8;
    public static final int LONG_COSTS = 4;
    static final int MOST_DEBT = 64;

    private int credit; // looks while it is positive; else so many short sleeps and one more come before a look
    private int debt = 1; // short sleeps before the next look, if the one now is in vain and no credit is left
    private boolean spent; // a look in vain since the last sleep

    /// @param credit at first
    public LookCredit(int credit) {
        this.credit = credit;
    }

    public boolean left() {
        return credit > 0;
    }

    /// Whether there was a look in vain since the last sleep.
    boolean spent() {
        return spent;
    }

    /// A look has ended the wait.
    public void paid() {
        earn();
        debt = Math.max(debt / 2, 1);
    }

    /// A look has not: a sleep follows.
    public void inVain() {
        spent = true;
    }

    /// After a look that was worse than in vain, or in vain and without credit left.
    public void lookRarely() {
        credit = 1 - debt;
        debt = Math.min(2 * debt, MOST_DEBT);
    }

    /// The sleep is over.
    ///
    /// @param brief whether a look could have spared it
    /// @param byOthers whether another thread or process ended it
    public void slept(boolean brief, boolean byOthers) {
        if (spent && credit <= LONG_COSTS) {
            lookRarely();
        } else if (spent || !brief) {
            credit = Math.min(credit, Math.max(credit - LONG_COSTS, 0));
        } else if (byOthers) {
            earn();
        }
        spent = false;
    }

    private void earn() {
        credit = Math.min(credit + 1, MOST);
    }
}
