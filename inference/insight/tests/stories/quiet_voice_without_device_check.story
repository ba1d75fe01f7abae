# Without a device check the first fifteen seconds of speech are the measure.
only speak_up
0:00 speak 140
0:40 level -9
1:00 end
expect hint speak_up between 0:43 and 0:50
hint 0:46.4 speak_up | about 60 % as loud as usual over the last 8 s
