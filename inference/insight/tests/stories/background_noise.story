# A vacuum cleaner in the next room.
device-check
0:00 speak 140
0:20 noise 6
0:50 end
expect hint background_noise between 0:25 and 0:36
hint 0:29.8 background_noise | the background was about 70 % as loud as your voice
