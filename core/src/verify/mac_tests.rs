//! Published test values: FIPS 180 examples, RFC 2202 (HMAC-SHA1), RFC 4231 (HMAC-SHA2).

use super::*;
use alloc::{vec, vec::Vec};

fn hex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}

#[test]
fn digests_of_abc() {
    for (hash, expected) in [
        (Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            Hash::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            Hash::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ] {
        assert_eq!(&*digest(hash, &[b"a", b"", b"bc"]), hex(expected));
    }
    assert_eq!(
        sha1_guarded(&[b"ab", b"c"]).unwrap().as_slice(),
        hex("a9993e364706816aba3e25717850c26c9cd0d89d")
    );
}

#[test]
fn rfc_2202() {
    for (key, message, expected) in [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".to_vec(),
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ] {
        assert_mac(Hash::Sha1, &key, &message, expected);
    }
}

#[test]
fn rfc_4231() {
    let larger = b"Test Using Larger Than Block-Size Key - Hash Key First";
    for (key, message, sha256, sha512) in [
        (
            vec![0x0b; 20],
            &b"Hi There"[..],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            vec![0xaa; 131],
            larger,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
    ] {
        assert_mac(Hash::Sha256, &key, message, sha256);
        assert_mac(Hash::Sha512, &key, message, sha512);
    }
}

/// Every length around the borders of blocks and of what is hashed in one piece, in one, two and many parts, against the general hashers.
#[test]
fn any_parts_give_what_the_general_hashers_give() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha1::Sha1;
    use sha2::{Digest as _, Sha256, Sha512};

    let text: Vec<u8> = (0..900_u16).map(|at| (at * 7) as u8).collect();
    for length in 0..text.len() {
        let message = &text[..length];
        let (cut, early) = (length * 3 / 5, length / 20);
        let small: Vec<&[u8]> = message.chunks(1 + length % 31).collect();
        for parts in [
            &[message][..],
            &[&message[..cut], &[], &message[cut..]],
            &[&message[..early], &message[early..]],
            &small,
        ] {
            assert_eq!(*digest(Hash::Sha1, parts), *Sha1::digest(message));
            assert_eq!(*digest(Hash::Sha256, parts), *Sha256::digest(message));
            assert_eq!(*digest(Hash::Sha512, parts), *Sha512::digest(message));
            let key = &text[..length / 2];
            macro_rules! assert_mac {
                ($hash:expr, $function:ty) => {{
                    let mut other = Hmac::<$function>::new_from_slice(key).unwrap();
                    other.update(message);
                    assert_eq!(
                        *MacKey::new($hash, key).tag(parts),
                        *other.finalize().into_bytes()
                    );
                }};
            }
            assert_mac!(Hash::Sha1, Sha1);
            assert_mac!(Hash::Sha256, Sha256);
            assert_mac!(Hash::Sha512, Sha512);
        }
    }
}

/// Whole, split in two, and with each bit of the MAC flipped.
fn assert_mac(hash: Hash, key: &[u8], message: &[u8], expected: &str) {
    let (key, expected) = (MacKey::new(hash, key), hex(expected));
    let (head, tail) = message.split_at(message.len() / 2);
    assert_eq!(&*key.tag(&[message]), expected);
    assert!(key.verify(&[head, tail], &expected));
    assert!(!key.verify(&[head, tail], &expected[1..]));
    for bit in 0..expected.len() * 8 {
        let mut flipped = expected.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!key.verify(&[message], &flipped));
    }
}

#[test]
fn guarded_sha1_is_sha1_on_both_sides_of_its_border() {
    let text = [b'x'; 250];
    for length in [0, 55, 63, 64, 118, 119, 120, 121, 128, 200] {
        let plain = digest(Hash::Sha1, &[&text[..length]]);
        let guarded = sha1_guarded(&[&text[..length / 3], &text[length / 3..length]]).unwrap();
        assert_eq!(*plain, guarded, "{length}");
    }
    for size in [128, 300] {
        for length in 0..=128 {
            for end in [0, 1, 20, 64, 119] {
                let mut room = alloc::vec![0; size];
                room[..length].fill(b'x');
                let before = room.clone();
                let hashed = sha1_guarded_behind((&mut room, length), &text[..end]).unwrap();
                assert_eq!(*digest(Hash::Sha1, &[&text[..length + end]]), hashed);
                assert_eq!(room, before, "{size} {length} {end}");
            }
        }
    }
}

/// The 320 bytes with which both files of the SHAttered collision (Stevens et al., 2017) begin, first file.
///
/// Vectors show it through the webhooks of Cloudinary and Xsolla, whose signed text begins with the body. None can through a
/// signed query. Its fields are UTF-8 without control characters, and SHAttered's blocks, as
/// those of "SHA-1 is a Shambles" (2020), are neither; a block only fires behind the state for which it was made. Nor can a pair of
/// queries ever collide so: along each of the 32 disturbance vectors that the detection knows, the two messages of a pair differ
/// in bits that cannot both times leave UTF-8 without control characters, whatever stands before; the two readers of UTF-8,
/// run side by side over the differences of one block, come to a contradiction within its first 14 bytes. So for queries the
/// detection is a second line of defence. What it guards is the text of others, such as webhook bodies.
#[test]
fn shattered_is_detected() {
    let prefix = hex(concat!(
        "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033203020522f",
        "547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f7253706163652037203020",
        "522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a73747265616d0affd8fffe00245348412d",
        "3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe017f46dc93a6b67e013b029aaa1db2560b45ca67d6",
        "88c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb76038e972722fe7ad728f0e4904e046c230570fe9d41398abe1",
        "2ef5bc942be33542a4802d98b5d70f2a332ec37fac3514e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda80446",
        "29a1",
    ));
    assert_eq!(prefix.len(), 320);
    let error = sha1_guarded(&[&prefix, b"any tail", b"any secret"])
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::CollisionDetected);
}

#[test]
fn equality_of_every_length() {
    let text: Vec<u8> = (0..40).collect();
    for length in 0..40 {
        assert!(equal(&text[..length], &text[..length]));
        assert!(!equal(&text[..length], &text[..=length]));
        for at in 0..length {
            let mut other = text[..length].to_vec();
            other[at] ^= 0x80;
            assert!(!equal(&text[..length], &other));
        }
    }
}

/// The files of `core/tests/wycheproof`; see the README there.
#[test]
fn wycheproof() {
    for (function, file) in [
        (
            Hash::Sha1,
            include_str!("../../tests/wycheproof/hmac_sha1_test.json"),
        ),
        (
            Hash::Sha256,
            include_str!("../../tests/wycheproof/hmac_sha256_test.json"),
        ),
        (
            Hash::Sha512,
            include_str!("../../tests/wycheproof/hmac_sha512_test.json"),
        ),
    ] {
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let mut count = 0;
        for group in file["testGroups"].as_array().unwrap() {
            let length = group["tagSize"].as_u64().unwrap() as usize / 8;
            for test in group["tests"].as_array().unwrap() {
                let bytes = |name: &str| hex(test[name].as_str().unwrap());
                let (key, message, tag) = (bytes("key"), bytes("msg"), bytes("tag"));
                let mac = MacKey::new(function, &key);
                let computed = mac.tag(&[&message]);
                let is_valid = test["result"] == "valid";
                assert_eq!(equal(&computed[..length], &tag), is_valid, "{test}");
                let full = is_valid && length == function.length();
                assert_eq!(mac.verify(&[&message], &tag), full, "{test}");
                count += 1;
            }
        }
        assert_eq!(Some(count), file["numberOfTests"].as_u64());
    }
}

/// A message of more than 2³² bits ends with its whole length.
#[test]
fn the_length_in_bits_is_64_bits_wide() {
    fn assert_length<S: State>() {
        let (mut state, mut buffer) = (S::START, [0; 128]);
        blocks::finish(&mut state, 3 << 29, (&mut buffer, 0), &[b"a"]);
        let length = &buffer[S::BLOCK - S::BLOCK / 8..S::BLOCK];
        assert!(length.ends_with(&(8 * ((3_u64 << 29) + 1)).to_be_bytes()));
        assert!(length[..length.len() - 8].iter().all(|byte| *byte == 0));
    }
    assert_length::<[u32; 5]>();
    assert_length::<[u32; 8]>();
    assert_length::<[u64; 8]>();
}
