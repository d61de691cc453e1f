import { bool, choice, int, multi, str, uri } from '../option.ts';

// keystone/conf/federation.py, saml.py
export const federation = {
  assertion_prefix: str(''),
  attribute_mapping_default_schema_version: str('1.0'),
  caching: bool(true),
  default_authorization_ttl: int(0),
  driver: str('sql'),
  federated_domain_name: str('Federated'),
  remote_id_attribute: str(null),
  sso_callback_template: str('/etc/keystone/sso_callback_template.html'),
  trusted_dashboard: multi([]),
};

export const saml = {
  assertion_expiration_time: int(3600),
  certfile: str('/etc/keystone/ssl/certs/signing_cert.pem'),
  idp_contact_company: str('Example, Inc.'),
  idp_contact_email: str('support@example.com'),
  idp_contact_name: str('SAML Identity Provider Support'),
  idp_contact_surname: str('Support'),
  idp_contact_telephone: str('+1 800 555 0100'),
  idp_contact_type: choice('other', ['technical', 'support', 'administrative', 'billing', 'other']),
  idp_entity_id: uri(null),
  idp_lang: str('en'),
  idp_metadata_path: str('/etc/keystone/saml2_idp_metadata.xml'),
  idp_organization_display_name: str('OpenStack SAML Identity Provider'),
  idp_organization_name: str('SAML Identity Provider'),
  idp_organization_url: uri('https://example.com/'),
  idp_sso_endpoint: uri(null),
  keyfile: str('/etc/keystone/ssl/private/signing_key.pem'),
  relay_state_prefix: str('ss:mem:'),
  xmlsec1_binary: str('xmlsec1'),
};
