/** Hashes that the hashers of Python Keystone 30.0.0 wrote. */
export const VECTOR_PASSWORD = 'pässword 1';

export const VECTORS = [
  { name: 'bcrypt', hash: '$2b$12$FRZWItUaJrxtsYkQzFPjZ.dnR2mxQzFJ4Xgfxk46uk4gwQUATZrdG' },
  { name: 'bcrypt of 4 rounds', hash: '$2b$04$yI8FNJBKLH6UqaUjTOKNL.i2wuvn/kov0f1Ffs.i/4Wxyk6Ms.392' },
  {
    name: 'bcrypt_sha256',
    hash: '$bcrypt-sha256$v=2,t=2b,r=12$S3tiaGKW/i7UqxGqtPTznu$whTEutmxjCt8V69Ywg575TCIx4hJFEK',
  },
  {
    name: 'bcrypt_sha256 of 4 rounds, which Python cannot verify',
    hash: '$bcrypt-sha256$v=2,t=2b,r=4$689Pt3LVaoEfKSSrr6Ru9u$CBIq6789IhEaQw5TW/aeYK3RiW/jwVG',
  },
  { name: 'scrypt', hash: '$scrypt$ln=16,r=8,p=1$9Z7NSzMD/KqkaJcmB2UzSw$sAU3iDBAQqWm+THBRJpTN4MTCKNs9Idr87zgBcKIORI' },
  {
    name: 'scrypt with its own sizes',
    hash: '$scrypt$ln=16,r=2,p=3$Ph3/Ep3zD2/9ctI+wyedaDG6X1beUakHVBov7FQD7aSI$jz/yMpvbqw1DCDeGx2BwbONPr5ApsDcE/NHawia0c+I',
  },
  {
    name: 'pbkdf2_sha512',
    hash: '$pbkdf2-sha512$25000$QD62NslUoPFco2WI7l2nxQ$PV2JqAmzsSzFQm14IvDgJfR3lA+Vlf/QFT7h+G8+osxUSYYqhfxzn2p4nuALdWOTB0i62jGRVgOrzS0ZKPHOyQ',
  },
  {
    name: 'pbkdf2_sha512 of 1000 rounds',
    hash: '$pbkdf2-sha512$1000$9cdIHRnW3g$wEQN97oAjiH/ZhVJwp8anm0B9aJYLhgHCNNLZ+9YNu/R3QCZetuA9rwb+EGfHyzRFTIkkclcp3tHEoqugPqblQ',
  },
];
