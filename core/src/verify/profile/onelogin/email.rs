//! What an email may look like, so that few other splits of a signed text hold one.

use crate::scan;

/// The domain of an email: one `@`, an atom with dots before it (RFC 5322 `dot-atom`), a host name behind it.
pub(super) fn domain(email: &[u8]) -> Option<&[u8]> {
    let at = scan::find(email, [b'@']);
    let (local, domain) = (email.get(..at)?, email.get(at + 1..)?);
    (local.len() <= 64 && is_dot_atom(local) && is_host(domain)).then_some(domain)
}

/// Marks of a byte: where it may stand, what it is, and what it may not follow.
mod mark {
    pub(super) const ATOM: u8 = 1;
    pub(super) const HOST: u8 = 1 << 1;
    pub(super) const DOT: u8 = 1 << 2;
    pub(super) const HYPHEN: u8 = 1 << 3;
    /// Two places above what it may not follow in a host name.
    pub(super) const NOT_AFTER: u8 = 2;

    pub(super) static OF: [u8; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let byte = at as u8;
            if byte.is_ascii_alphanumeric() {
                table[at] = ATOM | HOST;
            }
            at += 1;
        }
        let others = b"!#$%&'*+/=?^_`{|}~";
        at = 0;
        while at < others.len() {
            table[others[at] as usize] = ATOM;
            at += 1;
        }
        table[b'-' as usize] = ATOM | HOST | HYPHEN | DOT << NOT_AFTER;
        table[b'.' as usize] = ATOM | HOST | DOT | (DOT | HYPHEN) << NOT_AFTER;
        table
    };
}

#[inline]
fn is_dot_atom(text: &[u8]) -> bool {
    let (mut all, mut pairs, mut before) = (mark::ATOM, 0, mark::DOT);
    for byte in text {
        let marks = mark::OF[usize::from(*byte)];
        all &= marks;
        pairs |= before & marks;
        before = marks;
    }
    all != 0 && (pairs | before) & mark::DOT == 0
}

#[inline]
fn is_host(text: &[u8]) -> bool {
    let (mut all, mut pairs, mut before) = (mark::HOST, 0, mark::DOT);
    for byte in text {
        let marks = mark::OF[usize::from(*byte)];
        all &= marks;
        pairs |= before & (marks >> mark::NOT_AFTER);
        before = marks;
    }
    all != 0 && (pairs | before) & (mark::DOT | mark::HYPHEN) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for email in [
            "a@b",
            "jane.doe+tag@example.com",
            "o'neil@a-b.c1",
            "x_{|}~!#$%&*/=?^`@1.2",
        ] {
            assert!(domain(email.as_bytes()).is_some(), "{email}");
        }
        for email in [
            "", "@", "a@", "@b", "a", ".a@b", "a.@b", "a..b@c", "a@b@c", "a@.b", "a@b.", "a@b..c",
            "a@-b", "a@b-", "a@b-.c", "a@b.-c", "a b@c", "a@b c", "a,b@c", "a@b_c", "a\"b@c",
            "a(b@c", "ä@b", "a@ä", "a;b@c", "a<b@c",
        ] {
            assert!(domain(email.as_bytes()).is_none(), "{email}");
        }
        assert!(domain([&"a".repeat(64), "@b"].concat().as_bytes()).is_some());
        assert!(domain([&"a".repeat(65), "@b"].concat().as_bytes()).is_none());
    }
}
