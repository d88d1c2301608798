//! What an Expressway-E and the Expressway-C behind it say, as literal text: copied from the protocol facts
//! (`protocol.md`), the section and its confidence beside each. Filled as in `lab::literal`.

/// The realm of the 401, and the server's name. 8, S (captured).
pub(super) const REALM: &str = "Cisco-Edge";
pub(super) const SERVER: &str = "CE_C ECS";

/// `Age`. 8, S (captured).
pub(super) const AGE: &str = "0";

/// The content type of what is answered with a body. 8, S that clients accept it; G that it is what they get.
pub(super) const XML: &str = "text/xml";

/// The phrase for a host inside that Expressway-C gets no answer from. 8, S.
pub(super) const NEXT_HOP_FAILED: &str = "Next Hop Connection Failed";

/// The cookie. 8: its name and that it is for the domain S; its lifetime M; the rest G (Gap 9).
pub(super) const COOKIE: &str = "X-Auth={id}; Domain={domain}; Path=/; Max-Age=28800; Secure; HttpOnly";

/// The answer to `get_edge_sso`: in the form of singleSignOn. Gap 9, G.
pub(super) const SINGLE_SIGN_ON: &str = r#"<?xml version='1.0' encoding='UTF-8'?><SSOResult version="1.0"><Response><SingleSignOn><Status enabled="{enabled}"/></SingleSignOn></Response></SSOResult>"#;

/// The answer to `get_edge_config`, in three pieces: the captured one up to `_cisco-uds`, then up to the user's UDS. 8, S.
pub(super) const CONFIG_BEGIN: &str = r#"<?xml version='1.0' encoding='UTF-8'?>
<getEdgeConfigResponse version="1.0">
 <serviceConfig>
  <service><name>_cisco-phone-tftp</name><error>NameError</error></service>
  <service><name>_cuplogin</name><error>NameError</error></service>
"#;
pub(super) const CONFIG_END: &str = r#"  <service><name>tftpServer</name><address></address><address></address></service>
 </serviceConfig>
 <edgeConfig>
  <sipEdgeServer><server><address>{host}</address><tlsPort>5061</tlsPort></server></sipEdgeServer>
  <sipRequest><route>&lt;sip:192.168.2.100:5061;transport=tls;zone-id=3;directed;lr&gt;</route></sipRequest>
  <xmppEdgeServer><server><address>{host}</address><tlsPort>{xmpp_port}</tlsPort></server></xmppEdgeServer>
  <httpEdgeServer><server><address>{host}</address><tlsPort>{port}</tlsPort></server></httpEdgeServer>
  <turnEdgeServer/>
  <userUdsServer><server><address>{uds}</address><tlsPort>{uds_port}</tlsPort></server></userUdsServer>
 </edgeConfig>
</getEdgeConfigResponse>"#;

/// What Expressway-C found of `_cisco-uds`: a server each, or that its lookup failed. 8, S.
pub(super) const UDS_SERVICE: (&str, &str) = ("  <service><name>_cisco-uds</name>", "</service>\n");
pub(super) const UDS_SERVER: &str =
    "<server><priority>1</priority><weight>1</weight><port>{port}</port><address>{host}</address></server>";
pub(super) const NAME_ERROR: &str = "<error>NameError</error>";
