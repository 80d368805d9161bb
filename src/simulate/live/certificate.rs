//! Client certificates of live calls (secure-rest-api): the policy key of a technical profile with AuthenticationType `ClientCertificate`.

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey};

use crate::engine::Environment;
use crate::plan::Profile;
use crate::provider::Handler;
use crate::provider::rest::Authentication;

/// The policy key that holds a client certificate.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct PolicyCertificate<'a> {
    /// StorageReferenceId.
    name: &'a str,
    /// What the scenario says of it. A made-up secret would be no certificate.
    secret: Option<&'a str>,
}

impl<'a> PolicyCertificate<'a> {
    /// The one that a technical profile authenticates with, when it does.
    pub(in crate::simulate) fn of(profile: &'a Profile, environment: &'a Environment) -> Option<Self> {
        let Handler::Rest(settings) = &profile.handler else { return None };
        let Authentication::ClientCertificate(name) = &settings.authentication else { return None };
        let secret = environment.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, secret)| secret.as_str());
        Some(Self { name, secret })
    }

    /// Certificate, those that vouch for it, and private key, in any order; or what is wrong with the key.
    pub(super) fn read(self) -> Result<ClientCert, String> {
        let wrong = |why: &str| {
            let name = self.name;
            Err(format!("{why}; under `keys`, `{name}` takes a client certificate and its private key (not encrypted) in PEM"))
        };
        let Some(secret) = self.secret else { return wrong(&format!("nothing is said of the policy key `{}`", self.name)) };
        let pem = secret.as_bytes();
        let Ok(chain) = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>() else {
            return wrong(&format!("the policy key `{}` is not PEM", self.name));
        };
        if chain.is_empty() {
            return wrong(&format!("the policy key `{}` holds no certificate", self.name));
        }
        // Both find the first one: rustls tells what is wrong with it, ureq takes it.
        let (Ok(key), Ok(private)) = (PrivateKeyDer::from_pem_slice(pem), PrivateKey::from_pem(pem)) else {
            return wrong(&format!("the policy key `{}` holds no private key", self.name));
        };
        let certificates: Vec<_> = chain.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        match CertifiedKey::from_der(chain, key, &default_provider()) {
            Ok(_) => Ok(ClientCert::new_with_certs(&certificates, private)),
            Err(error) => wrong(&format!("certificate and private key of the policy key `{}` cannot be used: {error}", self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use rustls::server::WebPkiClientVerifier;
    use rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};
    use ureq::tls::{RootCerts, TlsConfig};

    use super::super::client::agent;
    use super::*;

    // An authority and what it vouches for, until 2120: the address 127.0.0.1, and a client. They open nothing but these tests.
    const AUTHORITY: &str = include_str!("../../../tests/keys/tls/authority.pem");
    const SERVER: &str = include_str!("../../../tests/keys/tls/server.pem");
    const CLIENT: &str = include_str!("../../../tests/keys/tls/client.pem");

    fn read(secret: &str) -> Result<ClientCert, String> {
        PolicyCertificate { name: "B2C_1A_Cert", secret: Some(secret) }.read()
    }

    /// Serves one connection, to whoever shows a certificate of the authority, and gives the certificate.
    fn server(listener: &TcpListener) -> Result<Vec<u8>, String> {
        let provider = Arc::new(default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(Certificate::from_pem(AUTHORITY.as_bytes()).unwrap().der().to_vec())).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
        let own = read(SERVER).unwrap();
        let chain = own.certs().iter().map(|certificate| CertificateDer::from(certificate.der().to_vec())).collect();
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(SERVER.as_bytes()).unwrap())
            .unwrap();
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut request = [0; 1024];
        let mut stream = Stream::new(&mut connection, &mut socket);
        stream.read(&mut request).map_err(|error| error.to_string())?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").map_err(|error| error.to_string())?;
        Ok(connection.peer_certificates().unwrap()[0].to_vec())
    }

    /// What client and server see of a call with or without a certificate.
    fn call(certificate: Option<ClientCert>) -> (Option<u16>, Result<Vec<u8>, String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || server(&listener));
        let roots = RootCerts::new_with_certs(&[Certificate::from_pem(AUTHORITY.as_bytes()).unwrap()]);
        let tls = TlsConfig::builder().client_cert(certificate).root_certs(roots).build();
        let answer = agent(Duration::from_secs(10), tls).get(url).call().ok().map(|response| response.status().as_u16());
        (answer, server.join().unwrap())
    }

    #[test]
    fn a_server_that_asks_for_the_certificate_gets_it() {
        let certificate = read(CLIENT).unwrap();
        let expected = certificate.certs()[0].der().to_vec();
        assert_eq!(call(Some(certificate)), (Some(200), Ok(expected)));
        let (answer, seen) = call(None);
        assert!(answer.is_none() && seen.is_err(), "{answer:?} {seen:?}");
    }

    #[test]
    fn certificate_and_key_may_come_in_any_order() {
        let (certificate, key) = CLIENT.split_at(CLIENT.find("-----BEGIN PRIVATE").unwrap());
        assert_eq!(read(&format!("{key}{certificate}{AUTHORITY}")).unwrap().certs().len(), 2);
    }

    #[test]
    fn what_is_no_certificate_is_refused_by_the_name_of_its_key() {
        let (certificate, key) = CLIENT.split_at(CLIENT.find("-----BEGIN PRIVATE").unwrap());
        let (other, _) = SERVER.split_at(SERVER.find("-----BEGIN PRIVATE").unwrap());
        for (secret, words) in [
            (None, "nothing is said of the policy key `B2C_1A_Cert`"),
            (Some("Pass@word1"), "the policy key `B2C_1A_Cert` holds no certificate"),
            (Some("-----BEGIN CERTIFICATE-----\nAA"), "the policy key `B2C_1A_Cert` is not PEM"),
            (Some(key), "the policy key `B2C_1A_Cert` holds no certificate"),
            (Some(certificate), "the policy key `B2C_1A_Cert` holds no private key"),
            (Some(&CLIENT.replace("PRIVATE", "ENCRYPTED PRIVATE")), "the policy key `B2C_1A_Cert` holds no private key"),
            (Some(&format!("{other}{key}")), "certificate and private key of the policy key `B2C_1A_Cert` cannot be used"),
            (
                Some(
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                ),
                "certificate and private key of the policy key `B2C_1A_Cert` cannot be used",
            ),
        ] {
            let message = PolicyCertificate { name: "B2C_1A_Cert", secret }.read().unwrap_err();
            assert!(message.contains(words), "{secret:?}: {message}");
        }
    }
}
