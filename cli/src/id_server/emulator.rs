//! Everything that the listeners share, behind one lock: requests are short, and order is what tests rely on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::clock::Clock;
use super::config::Config;
use super::faults::Fault;
use super::policy::Policy;
use super::random::Random;
use super::securesign::SecureSign;
use super::sessions::Store;
use super::transcript::Transcript;

/// The server's whole memory.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    pub(crate) faults: Vec<Fault>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) securesign: SecureSign,
    pub(crate) transcript: Transcript,
}

/// The emulator.
#[derive(Debug)]
pub(crate) struct Emulator {
    config: Config,
    state: Mutex<State>,
}

impl Emulator {
    /// Opens the transcript file, if there is to be one.
    pub(crate) fn new(config: Config) -> Result<Self, String> {
        let transcript = Transcript::new(config.transcript.as_deref())?;
        let state = fresh(&config, transcript)?;
        Ok(Self {
            config,
            state: Mutex::new(state),
        })
    }

    /// Takes the lock. A panic in another request must not take the server down with it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Back to how it was started. The transcript's file goes on, its memory is emptied.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let mut state = self.lock();
        let transcript = std::mem::take(&mut state.transcript);
        *state = fresh(&self.config, transcript)?;
        state.transcript.clear();
        Ok(())
    }
}

fn fresh(config: &Config, transcript: Transcript) -> Result<State, String> {
    let mut store = Store::new(config.max_sessions);
    for account in &config.ids {
        store.create(&account.id, &account.codes)?;
        store.freeze(&account.id.to_ascii_lowercase(), account.frozen);
    }
    store.set_plan(None, &config.plan);
    Ok(State {
        store,
        policy: config.policy.clone(),
        faults: config.faults.clone(),
        clock: Clock::new(config.stopped_at_ms),
        random: Random::new(config.seed),
        securesign: SecureSign::new(config.securesign.clone()),
        transcript,
    })
}
