//! The sandbox: what a decoding process gives up before it reads the first byte of media. It loses files, network,
//! other programs, and more than its share of memory and time.
//!
//! There are three layers, each sufficient against most attacks: Landlock (no path can be opened, no TCP port reached),
//! seccomp (a list of system calls; a call that only an attacker makes ends the process), and resource limits. Where a
//! kernel lacks one the others apply, and `coach doctor` reports it.

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter_all_threads,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The restrictions of a decoding process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restrictions {
    /// Why system calls are not restricted; `None` where they are.
    pub no_seccomp: Option<String>,
    /// Why files and TCP ports are not closed by Landlock; `None` where they are.
    pub no_landlock: Option<String>,
    /// Why memory, file size and processor time are not limited; `None` where they are.
    pub no_limits: Option<String>,
}

impl Restrictions {
    /// Returns what is missing as a sentence for people. `None`: nothing is.
    pub fn missing(&self) -> Option<String> {
        let parts =
            [("seccomp", &self.no_seccomp), ("Landlock", &self.no_landlock), ("resource limits", &self.no_limits)];
        let missing: Vec<_> =
            parts.iter().filter_map(|(name, why)| why.as_ref().map(|why| format!("{name} ({why})"))).collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }
}

/// The largest piece of shared memory, and so the largest file that could be written, bytes.
const MOST_FILE: u64 = 128 << 20;

/// The most descriptors that may be open at once.
const MOST_DESCRIPTORS: u64 = 512;

/// Enters the sandbox. Called once, on the only thread, after all plugins were loaded.
///
/// `memory` is the address space in bytes, `cpu_s` the processor time in seconds.
pub fn enter(memory: u64, cpu_s: u64) -> Restrictions {
    Restrictions { no_limits: limits(memory, cpu_s).err(), no_landlock: landlock().err(), no_seccomp: seccomp().err() }
}

fn limits(memory: u64, cpu_s: u64) -> Result<(), String> {
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Cpu, cpu_s),
        (Resource::Fsize, MOST_FILE),
        (Resource::Nofile, MOST_DESCRIPTORS),
        (Resource::Core, 0),
    ] {
        let most = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, most).map_err(|error| format!("{resource:?}: {error}"))?;
    }
    Ok(())
}

fn landlock() -> Result<(), String> {
    // Landlock applies to the calling thread and to those it creates later.
    let threads = std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads > 1 {
        return Err(format!("{threads} threads run already"));
    }
    let (abi, text) = (ABI::V6, |error: landlock::RulesetError| error.to_string());
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .map_err(text)?
        .create()
        .and_then(|rules| rules.restrict_self())
        .map_err(text)?;
    whole(&status.ruleset)
}

/// Returns an error that says what is open where the kernel enforces the rules not at all or only in part.
fn whole(enforced: &RulesetStatus) -> Result<(), String> {
    match enforced {
        RulesetStatus::FullyEnforced => Ok(()),
        RulesetStatus::PartiallyEnforced => {
            Err("the kernel has an older version of it, which closes files and may leave TCP ports, signals, devices \
                 and abstract sockets open"
                .into())
        }
        RulesetStatus::NotEnforced => Err("the kernel does not have it".into()),
    }
}

fn seccomp() -> Result<(), String> {
    // The list that ends the process is installed first: it allows the call that installs the other one.
    for (calls, listed, others) in [
        (FATAL, SeccompAction::KillProcess, SeccompAction::Allow),
        (ALLOWED, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32)),
    ] {
        let mut rules: BTreeMap<_, _> = calls.iter().map(|call| (*call, vec![])).collect();
        if listed == SeccompAction::Allow {
            rules.extend(of_this_process().map_err(|e| e.to_string())?);
        }
        let arch = std::env::consts::ARCH.try_into().map_err(|e| format!("{e}"))?;
        let filter = SeccompFilter::new(rules, others, listed, arch).map_err(|e| e.to_string())?;
        let program: BpfProgram = filter.try_into().map_err(|e: seccompiler::BackendError| e.to_string())?;
        apply_filter_all_threads(&program).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Returns the rules for calls that could also reach other processes of the same account, their limits and signals.
/// They are allowed for this process alone.
fn of_this_process() -> Result<[(i64, Vec<SeccompRule>); 3], BackendError> {
    let is = |argument, operator, value: u64| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    let own = is(0, SeccompCmpOp::Eq, std::process::id().into())?;
    let itself = is(0, SeccompCmpOp::Eq, 0)?;
    // Signals of a descriptor go to the owner that is set for it.
    let no_owner = [is(1, SeccompCmpOp::Ne, libc::F_SETOWN as u64)?, is(1, SeccompCmpOp::Ne, F_SETOWN_EX)?];
    Ok([
        (libc::SYS_tgkill, vec![SeccompRule::new(vec![own])?]),
        (libc::SYS_prlimit64, vec![SeccompRule::new(vec![itself])?]),
        (libc::SYS_fcntl, vec![SeccompRule::new(no_owner.into())?]),
    ])
}

/// As `F_SETOWN`, for threads and groups too (Linux, `asm-generic/fcntl.h`).
const F_SETOWN_EX: u64 = 15;

/// Calls that no decoder makes: a process that makes one has been taken over and is ended.
const FATAL: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
];

/// The calls that decoding needs: memory, threads, clocks, and the descriptors that the server passed;
/// [`of_this_process`] has more, with conditions. Any other call fails with "not permitted", including opening a file.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_recvmsg,
    libc::SYS_recvfrom,
    libc::SYS_shutdown,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_dup,
    libc::SYS_pipe2,
    libc::SYS_eventfd2,
    // GStreamer's buffer pools wake each other by socket pairs, which connect to nothing outside the process.
    libc::SYS_socketpair,
    libc::SYS_ppoll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    libc::SYS_memfd_create,
    libc::SYS_ftruncate,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_membarrier,
    libc::SYS_futex,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getattr,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_prctl,
    libc::SYS_getrusage,
    libc::SYS_getcpu,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    // Needed to install this list after the first.
    libc::SYS_seccomp,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_enforces_a_part_of_the_rules_is_said_to_lack_something() {
        assert_eq!(whole(&RulesetStatus::FullyEnforced), Ok(()));
        for enforced in [RulesetStatus::PartiallyEnforced, RulesetStatus::NotEnforced] {
            let restrictions = Restrictions { no_seccomp: None, no_landlock: whole(&enforced).err(), no_limits: None };
            assert!(restrictions.missing().is_some_and(|missing| missing.contains("Landlock (")), "{restrictions:?}");
        }
    }
}
