# A cloud passes: four seconds of dark.
device-check
0:00 speak 140
0:20 dark
0:24 clear
0:40 end
expect no hint more_light
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
