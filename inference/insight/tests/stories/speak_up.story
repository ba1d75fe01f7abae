# Half way the voice drops by 9 dB.
device-check
only speak_up
0:00 speak 140
0:30 level -9
1:00 end
expect hint speak_up between 0:33 and 0:42
hint 0:35.6 speak_up | about 60 % as loud as usual over the last 8 s
