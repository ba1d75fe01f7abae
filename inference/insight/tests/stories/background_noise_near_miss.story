# A fan: 14 dB under the voice.
device-check
0:00 speak 140
0:20 noise 14
0:50 end
expect no hint background_noise
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
