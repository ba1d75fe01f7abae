# A minute was suggested; the answer goes on. Once is enough.
device-check
0:00 ask Describe yourself. for 60 s
0:01 speak 140
2:30 end
expect hint wrap_up between 1:00 and 1:20
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
hint 1:00.0 wrap_up | the suggested time is over
