//! What the benches share: rows that are compared with each other, and the counting of allocations.

use criterion::{BenchmarkGroup, measurement::WallTime};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
    time::{Duration, Instant},
};

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

/// Counts the allocations of each thread.
struct Counting;

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's contract is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Does the work so many times.
type Batch<'a> = Box<dyn Fn(u64) + 'a>;

/// Ways to do one thing. The first is what the others are compared with.
pub(crate) struct Rows<'a> {
    title: String,
    rows: Vec<(&'static str, Batch<'a>)>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn add<T>(&mut self, name: &'static str, work: impl Fn() -> T + 'a) {
        let batch = move |times| {
            for _ in 0..times {
                // By reference: to move a result is no part of the work.
                black_box(&work());
            }
        };
        self.rows.push((name, Box::new(batch)));
    }

    /// Prints [`ratios`](Self::ratios), then lets criterion measure each row.
    pub(crate) fn run(&self, mut group: BenchmarkGroup<'_, WallTime>) {
        self.ratios();
        for (name, batch) in &self.rows {
            group.bench_function(*name, |bencher| {
                bencher.iter_custom(|times| time(batch, times));
            });
        }
        group.finish();
    }

    /// Prints what each row takes at least, as a multiple of the first, and its allocations.
    ///
    /// All rows run in turn, in batches so short that most are not disturbed, and the least time counts: on a machine that has
    /// other work these ratios repeat within a few per cent, where means of one row after the other do not.
    fn ratios(&self) {
        const BATCH: Duration = Duration::from_micros(50);
        let times: Vec<u64> = self
            .rows
            .iter()
            .map(|(_, batch)| {
                batch(8);
                let one = time(batch, 8).as_nanos() / 8;
                (BATCH.as_nanos() / one.max(1)).max(1) as u64
            })
            .collect();
        let mut least = vec![f64::INFINITY; self.rows.len()];
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(400) {
            for (at, (_, batch)) in self.rows.iter().enumerate() {
                let one = time(batch, times[at]).as_nanos() as f64 / times[at] as f64;
                least[at] = least[at].min(one);
            }
        }
        for (at, (name, batch)) in self.rows.iter().enumerate() {
            let before = ALLOCATIONS.with(Cell::get);
            batch(1);
            let allocations = ALLOCATIONS.with(Cell::get) - before;
            println!(
                "{}/{name}: {:.1} ns, {:.2} x {}, {allocations} allocations",
                self.title,
                least[at],
                least[at] / least[0],
                self.rows[0].0,
            );
        }
    }
}

fn time(batch: &Batch<'_>, times: u64) -> Duration {
    let start = Instant::now();
    batch(times);
    start.elapsed()
}
