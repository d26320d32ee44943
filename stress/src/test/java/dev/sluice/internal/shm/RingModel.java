package dev.sluice.internal.shm;

import java.util.Arrays;
import java.util.List;

/// The states of the queue's ring, all of them, for a few slots, producers, consumers and deaths.
///
/// One step is one atomic access to shared memory, or one half of an item, so that torn ones are seen. A
/// process may be killed before each of its steps. Checked in every state that can be reached: no torn or
/// phantom item, no item twice unless a consumer died or gave it back, nobody living robbed; and from each of
/// them the goal can still be reached: every living producer is done, every item that was handed over was
/// delivered, so nothing is ever lost or blocked for good.
///
/// What it leaves out: weaker memory than sequential consistency (jcstress looks at that), waiting (the kill
/// tests), and how deaths are learnt.
///
/// The labels are those of [Ring]. Run `main` with `SLOTS MESSAGES,PER,PRODUCER CONSUMERS KILLS STALLS
/// RETURNS`.
final class RingModel implements StateSearch.Model {
    private static final int FREE = 0;
    private static final int CLAIMED = 1;
    private static final int READY = 2;
    private static final int LEASED = 3;
    private static final int STALLED = 4;
    private static final int RETURNED = 5;

    // The state: tail, head, what may still go wrong, then slots, processes, messages.
    private static final int TAIL = 0;
    private static final int HEAD = 1;
    private static final int KILLS = 2;
    private static final int STALLS = 3;
    private static final int RETURNS = 4;
    private static final int SLOT0 = 5;

    private static final int SLOT_WIDTH = 5;
    private static final int LAP = 0;
    private static final int STATE = 1;
    private static final int OWNER = 2;
    private static final int HALF = 3;
    private static final int OTHER_HALF = 4;

    private static final int PROCESS_WIDTH = 8;
    private static final int STEP = 0;
    private static final int POSITION = 1;
    private static final int SEEN_LAP = 2;
    private static final int SEEN_STATE = 3;
    private static final int SEEN_OWNER = 4;
    private static final int SENT = 5;
    private static final int GOT = 6;
    private static final int DEAD = 7;

    private static final int ENDED = 99;
    private static final int NOBODY = -1;

    private final int slots;
    private final int[] messagesOf;
    private final int producers;
    private final int processes;
    private final int messages;
    private final int process0;
    private final int message0;
    private final int[] start;

    /// What is searched.
    ///
    /// @param messages of each producer
    @SuppressWarnings("ArrayRecordComponent") // read once, by the constructor
    record Size(int slots, int[] messages, int consumers, Faults faults) {
        /// As the arguments of [#main].
        static Size of(String... words) {
            int[] messages = Arrays.stream(words[1].split(",", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            int[] rest =
                    Arrays.stream(words).skip(2).mapToInt(Integer::parseInt).toArray();
            return new Size(Integer.parseInt(words[0]), messages, rest[0], new Faults(rest[1], rest[2], rest[3]));
        }
    }

    /// What may go wrong.
    ///
    /// @param kills processes that may die
    /// @param stalls producers that may be given up
    /// @param returns items that may be given back
    record Faults(int kills, int stalls, int returns) {}

    RingModel(Size size) {
        slots = size.slots;
        messagesOf = size.messages;
        producers = messagesOf.length;
        processes = producers + size.consumers;
        messages = Arrays.stream(messagesOf).sum();
        process0 = SLOT0 + slots * SLOT_WIDTH;
        message0 = process0 + processes * PROCESS_WIDTH;
        start = new int[message0 + 2 * messages];
        start[KILLS] = size.faults.kills;
        start[STALLS] = size.faults.stalls;
        start[RETURNS] = size.faults.returns;
        for (int i = 0; i < slots; i++) {
            start[SLOT0 + i * SLOT_WIDTH + OWNER] = NOBODY;
        }
    }

    // ---- one state

    private int slot(int position) {
        return SLOT0 + position % slots * SLOT_WIDTH;
    }

    private int lap(int position) {
        return position / slots;
    }

    private int process(int i) {
        return process0 + i * PROCESS_WIDTH;
    }

    private boolean dead(int[] s, int owner) {
        return owner != NOBODY && s[process(owner) + DEAD] == 1;
    }

    private int message(int producer, int k) {
        int number = 1 + k;
        for (int i = 0; i < producer; i++) {
            number += messagesOf[i];
        }
        return number;
    }

    private static boolean passed(int state) {
        return state >= LEASED;
    }

    private static void set(int[] s, int slot, int lap, int state, int owner) {
        s[slot + LAP] = lap;
        s[slot + STATE] = state;
        s[slot + OWNER] = owner;
    }

    private static boolean unchanged(int[] s, int p, int slot) {
        return s[slot + LAP] == s[p + SEEN_LAP]
                && s[slot + STATE] == s[p + SEEN_STATE]
                && s[slot + OWNER] == s[p + SEEN_OWNER];
    }

    private static void see(int[] s, int p, int slot) {
        s[p + SEEN_LAP] = s[slot + LAP];
        s[p + SEEN_STATE] = s[slot + STATE];
        s[p + SEEN_OWNER] = s[slot + OWNER];
    }

    private static void again(int[] s, int p) {
        s[p + STEP] = 0;
        s[p + POSITION] = 0;
        s[p + SEEN_LAP] = 0;
        s[p + SEEN_STATE] = 0;
        s[p + SEEN_OWNER] = 0;
        s[p + GOT] = 0;
    }

    private boolean roomBehind(int[] s, int position) {
        for (int at = position + 1; at < position + slots; at++) {
            int o = slot(at);
            if (s[o + LAP] >= lap(at) || s[o + STATE] == FREE) {
                return true;
            }
            if (!passed(s[o + STATE])) {
                return false;
            }
        }
        return false;
    }

    // ---- the steps

    @Override
    public int[] start() {
        return start;
    }

    @Override
    public void steps(int[] s, List<int[]> out) {
        for (int i = 0; i < processes; i++) {
            steps(s, i, out);
        }
    }

    private void steps(int[] s, int i, List<int[]> out) {
        int p = process(i);
        if (s[p + DEAD] == 1 || s[p + STEP] == ENDED) {
            return;
        }
        if (s[KILLS] > 0) {
            int[] killed = s.clone();
            killed[KILLS]--;
            killed[p + DEAD] = 1;
            out.add(killed);
        }
        if (i < producers) {
            out.add(produce(s, i, p));
        } else {
            consume(s, i, p, out);
        }
    }

    private int[] produce(int[] s, int me, int p) {
        int[] n = s.clone();
        int t = s[p + POSITION];
        int o = slot(t);
        switch (s[p + STEP]) {
            case 0 -> {
                n[p + POSITION] = s[TAIL];
                n[p + STEP] = 1;
            }
            case 1 -> look(s, n, p, t);
            case 2 -> { // put.claim
                boolean won = unchanged(s, p, o);
                if (won) {
                    set(n, o, lap(t), CLAIMED, me);
                    n[p + STEP] = 3;
                } else {
                    again(n, p);
                }
            }
            case 3 -> { // put.advance
                n[TAIL] = s[TAIL] == t ? t + 1 : s[TAIL];
                n[p + STEP] = 4;
            }
            case 4, 5 -> { // put.write
                n[o + (s[p + STEP] == 4 ? HALF : OTHER_HALF)] = message(me, s[p + SENT]);
                n[p + STEP]++;
            }
            case 6 -> commit(s, n, p, me, o);
            case 10 -> { // help the tail
                n[TAIL] = s[TAIL] == t ? t + 1 : s[TAIL];
                again(n, p);
            }
            case 14 -> { // put.freeDead
                if (unchanged(s, p, o)) {
                    set(n, o, s[o + LAP] + 1, FREE, NOBODY);
                }
                again(n, p);
            }
            case 24 -> { // put.stepOver
                if (unchanged(s, p, o)) {
                    n[o + LAP] = lap(t);
                }
                again(n, p);
            }
            default -> throw new IllegalStateException("producer at " + s[p + STEP]);
        }
        return n;
    }

    private void look(int[] s, int[] n, int p, int t) {
        int o = slot(t);
        int state = s[o + STATE];
        int ahead = s[o + LAP] - lap(t);
        see(n, p, o);
        if (state == FREE && ahead <= 0) {
            n[p + STEP] = 2;
        } else if (ahead >= 0) {
            n[p + STEP] = 10;
        } else if (state == CLAIMED && dead(s, s[o + OWNER])) {
            n[p + STEP] = 14;
        } else if (passed(state) && roomBehind(s, t)) {
            n[p + STEP] = 24;
        } else {
            again(n, p); // full
        }
    }

    private void commit(int[] s, int[] n, int p, int me, int o) {
        if (s[o + OWNER] != me) {
            throw new StateSearch.Violation("a living producer lost its slot");
        }
        if (s[o + STATE] == STALLED) {
            set(n, o, s[o + LAP] + 1, FREE, NOBODY);
            again(n, p);
            return;
        }
        set(n, o, s[o + LAP], READY, NOBODY);
        n[message0 + 2 * (message(me, s[p + SENT]) - 1) + 1] = 1;
        n[p + SENT]++;
        again(n, p);
        if (n[p + SENT] == messagesOf[me]) {
            n[p + STEP] = ENDED;
        }
    }

    private void consume(int[] s, int me, int p, List<int[]> out) {
        int[] n = s.clone();
        int h = s[p + POSITION];
        int o = slot(h);
        switch (s[p + STEP]) {
            case 0 -> {
                n[p + POSITION] = s[HEAD];
                n[p + STEP] = 1;
                for (int q = 0; q < slots; q++) {
                    lookAtSlot(s, p, q, out);
                }
            }
            case 1 -> lookAtHead(s, n, p, h, out);
            case 2 -> lease(s, n, p, me, 3); // take.lease
            case 3 -> { // advance
                n[HEAD] = s[HEAD] == h ? h + 1 : s[HEAD];
                n[p + STEP] = 4;
            }
            case 4 -> {
                n[p + GOT] = s[o + HALF];
                n[p + STEP] = 5;
            }
            case 5 -> {
                if (s[p + GOT] == 0 || s[p + GOT] != s[o + OTHER_HALF]) {
                    throw new StateSearch.Violation("a torn item");
                }
                n[message0 + 2 * (s[p + GOT] - 1)]++;
                n[p + STEP] = 6;
            }
            case 6 -> leave(s, n, p, me, out);
            case 10 -> {
                n[HEAD] = s[HEAD] == h ? h + 1 : s[HEAD];
                again(n, p);
            }
            case 12 -> { // free or return what a dead one had: take.freeDead, release.slot
                if (unchanged(s, p, o)) {
                    boolean leased = s[o + STATE] == LEASED;
                    set(n, o, s[o + LAP] + (leased ? 0 : 1), leased ? RETURNED : FREE, NOBODY);
                }
                again(n, p);
            }
            case 15 -> { // stall.mark
                if (unchanged(s, p, o)) {
                    n[o + STATE] = STALLED;
                }
                again(n, p);
            }
            case 20 -> lease(s, n, p, me, 4); // take.lease of what was returned
            default -> throw new IllegalStateException("consumer at " + s[p + STEP]);
        }
        out.add(n);
    }

    /// Makes the slot the consumer's, unless somebody was faster.
    private void lease(int[] s, int[] n, int p, int me, int next) {
        int o = slot(s[p + POSITION]);
        if (unchanged(s, p, o)) {
            set(n, o, s[o + LAP], LEASED, me);
            n[p + STEP] = next;
        } else {
            again(n, p);
        }
    }

    private void lookAtHead(int[] s, int[] n, int p, int h, List<int[]> out) {
        int o = slot(h);
        int state = s[o + STATE];
        int ahead = s[o + LAP] - lap(h);
        see(n, p, o);
        if (ahead > 0 || ahead == 0 && passed(state)) {
            n[p + STEP] = 10;
        } else if (ahead == 0 && state == READY) {
            n[p + STEP] = 2;
        } else if (ahead == 0 && state == CLAIMED && dead(s, s[o + OWNER])) {
            n[p + STEP] = 12;
        } else {
            if (ahead == 0 && state == CLAIMED && s[STALLS] > 0) {
                int[] stall = n.clone();
                stall[STALLS]--;
                stall[p + STEP] = 15;
                out.add(stall);
            }
            again(n, p); // empty, or the next item is being written
        }
    }

    private void lookAtSlot(int[] s, int p, int q, List<int[]> out) {
        int o = slot(q);
        boolean buried = dead(s, s[o + OWNER]);
        if (!buried && s[o + STATE] != RETURNED) {
            return;
        }
        int[] n = s.clone();
        n[p + POSITION] = q;
        see(n, p, o);
        n[p + STEP] = buried ? 12 : 20;
        out.add(n);
    }

    private void leave(int[] s, int[] n, int p, int me, List<int[]> out) {
        int o = slot(s[p + POSITION]);
        if (s[o + STATE] != LEASED || s[o + OWNER] != me) {
            throw new StateSearch.Violation("a living consumer lost its slot");
        }
        if (s[RETURNS] > 0) { // return.return
            int[] back = s.clone();
            back[RETURNS]--;
            set(back, o, s[o + LAP], RETURNED, NOBODY);
            again(back, p);
            out.add(back);
        }
        set(n, o, s[o + LAP] + 1, FREE, NOBODY); // done.free
        again(n, p);
    }

    // ---- what is wanted

    @Override
    public boolean goal(int[] s) {
        boolean reader = false;
        for (int i = producers; i < processes; i++) {
            reader |= !dead(s, i);
        }
        if (!reader) {
            return true;
        }
        for (int i = 0; i < producers; i++) {
            if (!dead(s, i) && s[process(i) + STEP] != ENDED) {
                return false;
            }
        }
        for (int m = 0; m < messages; m++) {
            if (s[message0 + 2 * m + 1] == 1 && s[message0 + 2 * m] == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void check(int[] s) {
        boolean mayRepeat = s[RETURNS] < start[RETURNS];
        for (int i = producers; i < processes; i++) {
            mayRepeat |= dead(s, i);
        }
        for (int m = 0; m < messages; m++) {
            int delivered = s[message0 + 2 * m];
            if (delivered > 1 && !mayRepeat) {
                throw new StateSearch.Violation("an item twice");
            }
            if (delivered > 0 && s[message0 + 2 * m + 1] == 0) {
                throw new StateSearch.Violation("an item that nobody has handed over");
            }
        }
    }

    public static void main(String[] arguments) {
        IO.println(String.join(" ", arguments) + ": "
                + new StateSearch(new RingModel(Size.of(arguments))).run(10_000_000));
    }
}
