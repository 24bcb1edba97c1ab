import { EngineError } from "../../base/index.ts";
import type { SeccompRule, SeccompSpec } from "./runtime-spec.ts";

/*
 * The system calls that a container may make where nothing is said, by what they are for. All others fail with EPERM.
 * Names that an architecture or a kernel does not have are passed over by the runtime, so the list is one for all.
 */
const allowed = {
  files: `access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fadvise64_64
    fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync flock fstat fstat64 fstatat64 fstatfs fstatfs64
    fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 lchown lchown32 link linkat _llseek lseek lstat lstat64 mkdir
    mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead
    readlink readlinkat readv rename renameat renameat2 rmdir sendfile sendfile64 splice stat stat64 statfs statfs64 statx symlink symlinkat
    sync sync_file_range sync_file_range2 syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes vmsplice
    write writev cachestat statmount listmount`,
  attributes: `fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat llistxattr lremovexattr lsetxattr
    removexattr removexattrat setxattr setxattrat`,
  memory: `brk madvise map_shadow_stack memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap msync munlock
    munlockall munmap membarrier mseal pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages`,
  processes: `alarm arch_prctl capget capset execve execveat exit exit_group fork getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
    getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid getresuid32 getrlimit get_robust_list getrusage
    getsid gettid getuid getuid32 kill pause pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq seccomp setfsgid setfsgid32
    setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid
    setresuid32 setreuid setreuid32 setrlimit set_robust_list setsid set_thread_area set_tid_address setuid setuid32 sysinfo tgkill
    times tkill ugetrlimit uname uretprobe uprobe vfork wait4 waitid waitpid get_thread_area getcpu modify_ldt`,
  signals: `rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
    rt_tgsigqueueinfo sigaltstack signalfd signalfd4 sigprocmask sigreturn`,
  scheduling: `ioprio_get ioprio_set sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min
    sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
    sched_setscheduler sched_yield`,
  waiting: `fanotify_mark epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 futex
    futex_requeue futex_time64 futex_wait futex_waitv futex_wake inotify_add_watch inotify_init inotify_init1 inotify_rm_watch _newselect poll
    ppoll ppoll_time64 pselect6 pselect6_time64 select`,
  time: `clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64
    getitimer gettimeofday nanosleep setitimer adjtimex time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64
    timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64`,
  sockets: `accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg send sendmmsg
    sendmsg sendto setsockopt shutdown socketcall socketpair`,
  communication: `ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl
    msgget msgrcv msgsnd pipe pipe2 semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`,
  asynchronous: `io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit`,
  devices: `ioctl`,
  random: `getrandom`,
  landlock: `landlock_add_rule landlock_create_ruleset landlock_restrict_self`,
  arm: `arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls`,
  security: `lsm_get_self_attr lsm_list_modules lsm_set_self_attr`,
} as const;

/** What a capability lets a container do besides. */
const withCapability: Readonly<Record<string, string>> = {
  CAP_DAC_READ_SEARCH: "open_by_handle_at",
  CAP_SYS_ADMIN: `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_set_self_attr mount mount_setattr move_mount
    open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare`,
  CAP_SYS_BOOT: "reboot",
  CAP_SYS_CHROOT: "chroot",
  CAP_SYS_MODULE: "delete_module init_module finit_module",
  CAP_SYS_PACCT: "acct",
  CAP_SYS_PTRACE: "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace",
  CAP_SYS_RAWIO: "iopl ioperm",
  CAP_SYS_TIME: "settimeofday stime clock_settime clock_settime64",
  CAP_SYS_TTY_CONFIG: "vhangup",
  CAP_SYS_NICE: "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
  CAP_SYSLOG: "syslog",
  CAP_BPF: "bpf",
  CAP_PERFMON: "perf_event_open",
};

const allow = "SCMP_ACT_ALLOW";
const fail = "SCMP_ACT_ERRNO";
const operationNotPermitted = 1;
const notImplemented = 38;
const vsock = 40;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const namespaceFlags = 0x7e020000;
/** PER_LINUX, PER_LINUX32, each also with UNAME26, and the question which it is. */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

/** By Go's names; a 64-bit kernel runs the 32-bit programs too, which must not get past the filter. */
const architectures: Readonly<Record<string, readonly string[]>> = {
  amd64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
};

/**
 * The profile for a container with these capabilities.
 * @param architecture Go's name for it: amd64, arm64
 */
export function defaultSeccompProfile(capabilities: readonly string[], architecture: string): SeccompSpec {
  const rules: SeccompRule[] = Object.values(allowed).map((text) => ({ names: words(text), action: allow }));
  rules.push({ names: ["ptrace", "process_vm_readv", "process_vm_writev", "kcmp"], action: allow });
  // A family number above 32 bits is no family; vsock would reach past the network namespace.
  rules.push({ names: ["socket"], action: allow, args: [{ index: 0, value: vsock, op: "SCMP_CMP_NE" }] });
  for (const value of personalities) rules.push({ names: ["personality"], action: allow, args: [{ index: 0, value, op: "SCMP_CMP_EQ" }] });
  for (const capability of capabilities) {
    const names = withCapability[capability];
    if (names !== undefined) rules.push({ names: words(names), action: allow });
  }
  if (!capabilities.includes("CAP_SYS_ADMIN")) {
    rules.push({ names: ["clone"], action: allow, args: [{ index: 0, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }] });
    // Its flags lie in memory, where a filter cannot look; libc falls back to clone.
    rules.push({ names: ["clone3"], action: fail, errnoRet: notImplemented });
  }
  const known = architectures[architecture];
  if (known === undefined) throw new EngineError("unsupported", `there is no default seccomp profile for ${architecture}`);
  return { defaultAction: fail, defaultErrnoRet: operationNotPermitted, architectures: known, syscalls: rules };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
